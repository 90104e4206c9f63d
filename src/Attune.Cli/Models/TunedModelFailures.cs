using Attune.Cli.Output;
using Attune.Runtime;

namespace Attune.Cli.Models;

/// <summary>Turns what can go wrong with .attune files into failures of a command.</summary>
internal static class TunedModelFailures
{
    /// <summary>The failure of a load or a save.</summary>
    public static Failure Of(TunedModelError error) => error.Failure switch
    {
        TunedModelFailure.NotFound or TunedModelFailure.AccessDenied or TunedModelFailure.DiskFull or TunedModelFailure.FileSystem =>
            new Failure(ExitCode.Usage, ErrorCodes.FileAccess, error.Message, error.Next),
        TunedModelFailure.DeviceMissing => new Failure(ExitCode.Device, ErrorCodes.NoDevice, error.Message, error.Next),
        _ => new Failure(ExitCode.Model, ErrorCodes.MalformedTunedModel, error.Message, error.Next),
    };
}
