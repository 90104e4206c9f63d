using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Kernels.Backends;
using Attune.Numerics.Words;

namespace Attune.Cli.Design;

/// <summary>Devices as commands on families of models name them.</summary>
internal static class DesignTargets
{
    /// <summary>How devices of this machine are named, for help pages.</summary>
    public const string Forms = "local (all processors), local:threads=1,lanes=8,batch=4,tuned, or local:device=opencl:0,batch=4,tuned (a device of OpenCL or "
        + "CUDA; attune doctor lists them)";

    /// <summary>Reads a device of this machine.</summary>
    /// <exception cref="CommandFailedException">The text is none (AT1005).</exception>
    public static LocalDevice Local(string text, string option) =>
        LocalDevice.Parse(text).OrThrow(problem => new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"{option}: {problem}",
            $"Use {option} local, {option} local:threads=1,batch=4, or {option} local:device=opencl:0."));

    /// <summary>What is known of a device of this machine.</summary>
    /// <exception cref="CommandFailedException">It is not there (AT4009).</exception>
    public static DeviceProfile Find(DesignWorkspace workspace, LocalDevice device) => device.Find().OrThrow(error => DesignFailures.Of(error, workspace));

    /// <summary>Reads a target: a device of this machine, or one whose measurements are in the store.</summary>
    /// <exception cref="CommandFailedException">It is neither (AT1005), or a device that is not there (AT4009).</exception>
    public static (DeviceKey Key, LocalDevice? Local) Target(DesignWorkspace workspace, string text)
    {
        if (text.StartsWith(LocalDevice.Prefix, StringComparison.Ordinal))
        {
            LocalDevice local = Local(text, "--target");
            return (local.KeyOn(Find(workspace, local)), local);
        }

        if (workspace.Known(text) is { } found)
        {
            return found;
        }

        ImmutableArray<DeviceKey> known = workspace.Session.Store.Devices(workspace.Space.Family);
        string near = NearMiss.Find(text, known.Select(device => device.ToString())) is { } close ? $" Did you mean '{close}'?" : string.Empty;
        throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"'{text}' is neither a device of this machine nor one in the store.{near}",
            known.IsEmpty
                ? "Use --target local, --target local:threads=1,lanes=8,batch=4,tuned, or --target local:device=opencl:0."
                : $"Use --target local, or one of: {string.Join(", ", known)}.");
    }

    /// <summary>A measurer of this machine, which must be disposed of.</summary>
    /// <exception cref="CommandFailedException">The device cannot be used, has no tuning records though it is tuned, or no design can be built.</exception>
    public static async Task<LocalMeasurer> MeasurerAsync(DesignWorkspace workspace, LocalDevice device, Invocation invocation) =>
        (await workspace.MeasurerAsync(device, invocation.Cancellation)).OrThrow(error => DesignFailures.Of(error, workspace));

    /// <summary>Does work that measures designs.</summary>
    /// <exception cref="CommandFailedException">A device failed meanwhile (AT4010).</exception>
    public static async Task<T> MeasuringAsync<T>(DesignWorkspace workspace, Func<Task<T>> work)
        where T : notnull =>
        (await workspace.MeasuringAsync(work)).OrThrow(error => DesignFailures.Of(error, workspace));
}
