# Two stages: build a virtual environment from pinned, verified packages; then an image without compiler, pip or caches.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/crossing-guard
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN /opt/crossing-guard/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY policies policies
RUN /opt/crossing-guard/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation . \
 && /opt/crossing-guard/bin/pip uninstall --yes setuptools pip

FROM python:3.13-slim
RUN python -m pip uninstall --yes --root-user-action=ignore pip \
 && useradd --uid 10001 --no-create-home --home-dir /var/lib/crossing-guard --shell /usr/sbin/nologin guard \
 && install -d -o guard -g guard /var/lib/crossing-guard
COPY --from=build /opt/crossing-guard /opt/crossing-guard
ENV PATH=/opt/crossing-guard/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ORT_DISABLE_TELEMETRY=1 \
    CROSSING_GUARD_HOME=/var/lib/crossing-guard
USER 10001
VOLUME /var/lib/crossing-guard
# Mount a folder here to name files as on the host: docker run -v "$PWD:/data" …
WORKDIR /data
# A first process ignores SIGTERM unless it asks for it; Python always asks for SIGINT, and what is finished is kept.
STOPSIGNAL SIGINT
ENTRYPOINT ["crossing-guard"]
CMD ["--help"]
