using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Loops;
using Attune.Kernels.Sources;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Backends;

/// <summary>What devices whose drivers compile source text have in common. Stateless.</summary>
internal static class SourcePhases
{
    // Kernels count elements in 32 bits.
    private const long MaxBytes = (long)int.MaxValue * sizeof(float);

    /// <summary>The phases of a kernel as text with their work units; why a device cannot launch one of them otherwise.</summary>
    /// <param name="source">The kernel.</param>
    /// <param name="limits">Limits of the device, which are checked before anything is compiled.</param>
    /// <param name="refusal">What else the device cannot launch, in words; null for nothing else.</param>
    public static Result<ImmutableArray<(SourceKernel Source, int Units)>, string> Print(
        KernelSource source, GroupLimits limits, Func<LaunchShape, string?>? refusal = null)
    {
        ImmutableArray<(SourceKernel Source, int Units)> phases =
            [.. source.Phases.Select((phase, i) => (SourcePrinter.Print(phase.Program, $"phase{i}", phase.Units, source.ScratchFloats), phase.Units))];

        // A misaligned access ends the context of a CUDA device.
        string? reason = source.Phases.SelectMany(phase => AlignmentProof.Missing(phase.Program.Body)).FirstOrDefault()
            ?? phases.Select(phase => limits.Refusal(phase.Source.Shape, phase.Source.SharedBytes) ?? refusal?.Invoke(phase.Source.Shape))
                .FirstOrDefault(each => each is not null);
        return reason is null ? phases : reason;
    }

    /// <summary>Allocates memory that kernels can address.</summary>
    /// <param name="bytes">Size.</param>
    /// <param name="device">Name of the device, for messages.</param>
    /// <param name="allocate">Asks the driver.</param>
    /// <exception cref="DeviceException">It is too much, for kernels or for the device.</exception>
    public static IDeviceMemory Allocate(long bytes, string device, Func<IDeviceMemory> allocate)
    {
        if (bytes > MaxBytes)
        {
            throw new DeviceException($"{bytes:n0} bytes in one piece are more than the {MaxBytes:n0} that kernels can address.") { IsOutOfMemory = true };
        }

        try
        {
            return allocate();
        }
        catch (DeviceException e) when (e.IsOutOfMemory)
        {
            throw new DeviceException($"{device} has no {bytes:n0} bytes to give.", e) { IsOutOfMemory = true };
        }
    }
}
