using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph.Conformance;

/// <summary>Networks run node by node on the reference kernels, as they are in the file. Stateless.</summary>
public sealed class ReferenceConformance : IConformanceExecutor
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public ConformanceReading Reading => ConformanceReading.Loose;

    /// <inheritdoc/>
    public IConformanceModel Prepare(Network network) => new Model(network);

    private sealed class Model(Network network) : IConformanceModel
    {
        public int Kernels => 0;

        public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs) =>
            ReferenceExecutor.Run(network, inputs, kernels: ConformanceKernels.All);

        public void Dispose()
        {
            // The network belongs to the caller.
        }
    }
}
