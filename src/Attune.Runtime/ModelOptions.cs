using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Targets;

namespace Attune.Runtime;

/// <summary>How a model is compiled and run.</summary>
/// <param name="Threads">Threads of an inference, the caller's included; 0 for all processors this process may use: its affinity mask, and the whole processors of a container's quota.</param>
/// <param name="Lanes">Floats per vector: 4, 8 or 16; 0 for the widest that this machine runs well.</param>
public sealed record ModelOptions(int Threads = 0, int Lanes = 0)
{
    /// <summary>Names of fusions of the execution plan to switch off, as in <see cref="Fusions"/>; those of graph passes have no effect here, since the network is given. Default: none.</summary>
    public ImmutableArray<string> WithoutFusions { get; init; } = [];

    /// <summary>What kernels are generated for; null for this machine with vectors of <see cref="Lanes"/> floats. One that asks for instructions this machine lacks cannot run.</summary>
    public KernelTarget? Target { get; init; }

    /// <summary>Checks the options and fills in what they leave to the machine.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public ModelOptions Resolve()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (Threads > Environment.ProcessorCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Threads), Threads, $"This process may use {Environment.ProcessorCount} processors; ask for at most that many threads, or 0 for all of them.");
        }

        if (Lanes is not (0 or 4 or 8 or 16))
        {
            throw new ArgumentOutOfRangeException(nameof(Lanes), Lanes, "Vectors have 4, 8 or 16 floats.");
        }

        if (WithoutFusions.FirstOrDefault(name => Fusions.Find(name) is null) is { } unknown)
        {
            throw new ArgumentOutOfRangeException(nameof(WithoutFusions), unknown, $"There is no fusion of this name; there are {string.Join(", ", Fusions.All.Select(fusion => fusion.Name))}.");
        }

        KernelTarget target = Target ?? HostTarget.Of(Lanes);
        return this with { Threads = Threads == 0 ? UsableProcessors.Count : Threads, Lanes = target.Lanes, Target = target };
    }
}
