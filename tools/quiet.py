"""Run a command and show what it says only when it fails."""

import subprocess
import sys

if __name__ == "__main__":
    done = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
    sys.exit(done.returncode)
