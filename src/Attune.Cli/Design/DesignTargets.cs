using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design;
using Attune.Design.Flow;
using Attune.Design.Local;
using Attune.Numerics.Words;

namespace Attune.Cli.Design;

/// <summary>Devices as commands on families of models name them.</summary>
internal static class DesignTargets
{
    /// <summary>Reads a device of this machine.</summary>
    /// <exception cref="CommandFailedException">The text is none (AT1005).</exception>
    public static LocalDevice Local(string text, string option) =>
        LocalDevice.Parse(text, out string? problem) ?? throw new CommandFailedException(
            ExitCode.Usage, ErrorCodes.BadValue, $"{option}: {problem}", $"Use {option} local, or {option} local:threads=1,batch=4.");

    /// <summary>Reads a target: a device of this machine, or one whose measurements are in the store.</summary>
    /// <exception cref="CommandFailedException">It is neither (AT1005).</exception>
    public static (DeviceKey Key, LocalDevice? Local) Target(DesignWorkspace workspace, string text)
    {
        if (text.StartsWith(LocalDevice.Prefix, StringComparison.Ordinal))
        {
            LocalDevice local = Local(text, "--target");
            return (local.KeyOn(workspace.Cpu), local);
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
                ? "Use --target local, or --target local:threads=1,lanes=8,batch=4,tuned."
                : $"Use --target local, or one of: {string.Join(", ", known)}.");
    }

    /// <summary>A measurer of this machine.</summary>
    /// <exception cref="CommandFailedException">A tuned device has no tuning records, or no design can be built.</exception>
    public static async Task<LocalMeasurer> MeasurerAsync(DesignWorkspace workspace, LocalDevice device, Invocation invocation) =>
        (await workspace.MeasurerAsync(device, invocation.Cancellation)).OrThrow(error => DesignFailures.Of(error, workspace));
}
