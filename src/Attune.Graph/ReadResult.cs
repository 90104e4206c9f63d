using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Graph.Reading;
using Attune.Kernels;

namespace Attune.Graph;

/// <summary>Outcome of reading a model.</summary>
/// <param name="Network">The network; null when the faults made it impossible to build one.</param>
/// <param name="Faults">Everything that is wrong, empty when the model can be used.</param>
/// <param name="Warnings">What is suspicious but does not prevent use, for example NaN weights.</param>
/// <param name="Unsupported">Operators that cannot be run, with their nodes.</param>
public sealed record ReadResult(
    Network? Network,
    ImmutableArray<ModelFault> Faults,
    ImmutableArray<ModelFault> Warnings,
    ImmutableArray<UnsupportedOperator> Unsupported)
{
    /// <summary>True when there is a network and nothing is wrong with it.</summary>
    public bool Succeeded => Network is not null && Faults.IsEmpty;

    /// <summary>The network.</summary>
    /// <exception cref="InvalidDataException">There are faults; the message lists them.</exception>
    public Network Require() => Succeeded ? Network! : throw new InvalidDataException(string.Join(Environment.NewLine, Faults));
}
