using Attune.Cli.Output;
using Attune.Devices.Meters;
using Attune.Numerics.Words;

namespace Attune.Cli.CohortRun;

/// <summary>Opens the meter that a user named.</summary>
internal static class MeterArgument
{
    /// <summary>Opens it; null for none.</summary>
    /// <exception cref="CommandFailedException">There is no such meter, by name or on this machine.</exception>
    public static IEnergyMeter? Open(string name, TimeProvider clock, string root)
    {
        if (!EnergyMeters.Names.Contains(name))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"There is no meter '{name}'.{(NearMiss.Find(name, EnergyMeters.Names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Use one of {string.Join(", ", EnergyMeters.Names)}.");
        }

        IEnergyMeter? meter = EnergyMeters.Open(name, clock, out string? problem, root);
        return problem is null
            ? meter
            : throw new CommandFailedException(
                ExitCode.Device, ErrorCodes.NoMeter, problem, "Use --meter auto, --meter none, or --meter estimated for a model of energy from busy threads.");
    }
}
