"""`python -m tollbod`: the same commands as `./tollbod`."""
import sys

if __name__ == "__main__":
    try:
        from tollbod.cli import main
    except KeyboardInterrupt:
        sys.exit(130)
    main()
