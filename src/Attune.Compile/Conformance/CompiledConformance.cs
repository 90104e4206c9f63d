using System.Collections.Immutable;
using Attune.Graph.Conformance;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime;
using Attune.Runtime.Dynamic;

namespace Attune.Compile.Conformance;

/// <summary>Networks compiled with default configurations for vectors of one width.</summary>
/// <param name="lanes">32-bit lanes of the vectors: 4, 8 or 16.</param>
/// <param name="reading">How models are read.</param>
/// <param name="threads">Threads of the kernels.</param>
public sealed class CompiledConformance(int lanes, ConformanceReading reading, int threads = 1) : IConformanceExecutor
{
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    /// <summary>Widths that this machine has vectors for, widest first.</summary>
    public static ImmutableArray<int> Widths { get; } = [.. HostTarget.Widths];

    /// <inheritdoc/>
    public string Name => $"compiled, {lanes} lanes{(Reading == ConformanceReading.ConstantOperands ? ", constant operands" : string.Empty)}";

    /// <inheritdoc/>
    public ConformanceReading Reading => reading;

    /// <inheritdoc/>
    public IConformanceModel Prepare(Network network) =>
        new Model(CompiledModel.Compile(
            network, NoConfigurations, new ModelOptions { Threads = threads, Lanes = lanes, Limits = DynamicLimits.Default with { WorthCompiling = 0 } }));

    private sealed class Model(CompiledModel compiled) : IConformanceModel
    {
        public int Kernels => compiled.Steps.Count(step => step.Operation is not ("Reference" or "Convert" or "Dynamic"));

        public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs) => compiled.Run(inputs);

        public void Dispose() => compiled.Dispose();
    }
}
