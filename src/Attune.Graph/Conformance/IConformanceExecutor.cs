using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph.Conformance;

/// <summary>
/// One way of computing networks, for example the reference kernels, or compiled kernels of one vector width. Contract: a conformance run may prepare
/// several networks at the same time.
/// </summary>
public interface IConformanceExecutor
{
    /// <summary>What reports call this way.</summary>
    string Name { get; }

    /// <summary>How models are read for it.</summary>
    ConformanceReading Reading { get; }

    /// <summary>Makes a network ready to run.</summary>
    /// <exception cref="UnsupportedOperatorException">This way cannot run an operator of the network.</exception>
    IConformanceModel Prepare(Network network);
}
