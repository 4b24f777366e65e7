# Installation; see libcore/README.md.
