using Attune.Kernels;

namespace Attune.Passes;

/// <summary>One small rewriting of a network. Stateless: the result depends on the argument only, and equals it in meaning.</summary>
public interface IGraphPass
{
    /// <summary>Name for messages and for printing networks before and after.</summary>
    string Name { get; }

    /// <summary>The rewritten network, or the same one when there is nothing to do. Types of new values are filled in.</summary>
    /// <param name="network">A network that the verifier accepts.</param>
    Network Run(Network network);
}
