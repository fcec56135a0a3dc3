# Two stages: build a virtual environment with pinned, verified packages; then a slim image without a compiler or pip cache.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/crossing-guard
COPY requirements/runtime.txt requirements/
RUN /opt/crossing-guard/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY policies policies
RUN /opt/crossing-guard/bin/pip install --no-cache-dir setuptools \
 && /opt/crossing-guard/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/crossing-guard/bin/pip uninstall --yes setuptools pip

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/crossing-guard guard
COPY --from=build /opt/crossing-guard /opt/crossing-guard
ENV PATH=/opt/crossing-guard/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CROSSING_GUARD_HOME=/var/lib/crossing-guard
USER 10001
VOLUME /var/lib/crossing-guard
WORKDIR /var/lib/crossing-guard
STOPSIGNAL SIGTERM
ENTRYPOINT ["crossing-guard"]
CMD ["--help"]
