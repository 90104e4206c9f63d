using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph.Conformance;

/// <summary>A network that an <see cref="IConformanceExecutor"/> made ready.</summary>
public interface IConformanceModel : IDisposable
{
    /// <summary>How many steps of a run are generated kernels and copies, and not calls of reference kernels.</summary>
    int Kernels { get; }

    /// <summary>Computes the outputs by name.</summary>
    /// <param name="inputs">Inputs by name; optional ones may be missing.</param>
    /// <exception cref="UnsupportedOperatorException">An operator refuses its attributes or element types.</exception>
    /// <exception cref="ArgumentException">An input is missing or does not fit.</exception>
    IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs);
}
