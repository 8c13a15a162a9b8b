"""The version of the package, for manifests and headers; a test holds it equal to the package's."""

VERSION = "0.1.0"
