# Sourced by ./attune, ./test and .ci/run: finds the .NET SDK. Sets $dotnet, or explains how to get it and exits with 4.

find_dotnet() {
    local candidate
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}" "$HOME/.dotnet/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
        if [ -n "$candidate" ] && [ -x "$candidate" ]; then
            dotnet=$candidate
            return 0
        fi
    done
    return 1
}

explain_missing_sdk() {
    cat >&2 <<'TEXT'
error AT4001  The .NET 10 SDK is missing
  Why   Attune is built from source on first use, and no `dotnet` with an SDK of version 10 was found in PATH, $DOTNET_ROOT or ~/.dotnet.
  Next  Install it without root:   curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
        or with your system's packages: https://learn.microsoft.com/dotnet/core/install/linux   (package dotnet-sdk-10.0)
TEXT
    exit 4
}

require_sdk() {
    find_dotnet || explain_missing_sdk
    "$dotnet" --list-sdks 2>/dev/null | grep -q '^1[0-9]\.' || explain_missing_sdk
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}
