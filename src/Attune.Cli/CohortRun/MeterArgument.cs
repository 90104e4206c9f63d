using Attune.Cli.Output;
using Attune.Devices;
using Attune.Devices.Meters;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Numerics.Words;

namespace Attune.Cli.CohortRun;

/// <summary>Opens the meter that a user named.</summary>
internal static class MeterArgument
{
    /// <summary>Opens it; null for none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="clock">Time.</param>
    /// <param name="root">Where the system's files are.</param>
    /// <param name="device">What is measured: of a device of its own, only meters of that device or of the whole board tell anything.</param>
    /// <exception cref="CommandFailedException">There is no such meter, by name or on this machine.</exception>
    public static IEnergyMeter? Open(string name, TimeProvider clock, string root, TargetKind device = TargetKind.Cpu)
    {
        if (!EnergyMeters.Names.Contains(name))
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"There is no meter '{name}'.{(NearMiss.Find(name, EnergyMeters.Names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Use one of {string.Join(", ", EnergyMeters.Names)}.");
        }

        if (device != TargetKind.Cpu && name == "estimated")
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--meter estimated counts busy threads of this machine, and {DeviceName.NameOf(device)} devices work without them.",
                "Use --meter auto or --meter none.");
        }

        if (device != TargetKind.Cpu && name == "auto")
        {
            string[] fitting = device == TargetKind.Cuda && root == "/" ? ["nvml", "hwmon"] : ["hwmon"];
            return fitting.Select(each => EnergyMeters.Open(each, clock, root)).FirstOrDefault(each => each.Succeeded)?.Value;
        }

        Result<IEnergyMeter, NoMeter> meter = EnergyMeters.Open(name, clock, root);
        return meter.Error?.Problem is { } problem
            ? throw new CommandFailedException(
                ExitCode.Device, ErrorCodes.NoMeter, problem, "Use --meter auto, --meter none, or --meter estimated for a model of energy from busy threads.")
            : meter.Value;
    }
}
