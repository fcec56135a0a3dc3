"""`python -m bot`, also installed as `crossing-guard`."""

from bot.app.cli.main import main

if __name__ == "__main__":
    main()
