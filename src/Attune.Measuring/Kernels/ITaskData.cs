using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>What all candidates of a task share: input, weights, numbers of the output's channels, and the output to expect.</summary>
internal interface ITaskData : IDisposable
{
    /// <summary>The task.</summary>
    WeightedWorkload Workload { get; }

    /// <summary>What its kernels are generated for.</summary>
    KernelTarget Target { get; }

    /// <summary>Its configurations.</summary>
    Space Space { get; }

    /// <summary>Views and epilogue.</summary>
    KernelSignature Signature { get; }

    /// <summary>The input, in the layout that kernels read.</summary>
    GuardedFloats Input { get; }

    /// <summary>The biases, with whatever else the kernels find there.</summary>
    GuardedFloats Bias { get; }

    /// <summary>Floats of an output.</summary>
    long OutputCount { get; }

    /// <summary>Bytes held.</summary>
    long Bytes { get; }

    /// <summary>The data of a workload.</summary>
    static ITaskData Of(IBackend backend, WeightedWorkload workload) =>
        workload switch
        {
            QuantizedWorkload quantized => new QuantizedTaskData(backend, quantized),
            BFloat16Workload brains => new BrainFloatTaskData(backend, brains),
            _ => new TaskData(backend, workload),
        };

    /// <summary>Weights packed for a configuration, see <see cref="TaskWeights.Pack"/>.</summary>
    WeightCopies Pack(Configuration configuration, long footprint);

    /// <summary>Makes sure that the input is one that may be timed, and the expected output that of the present weights.</summary>
    void Settle();

    /// <summary>Draws another input and biases, and works out what to expect.</summary>
    void Renew(ProbeKind kind, int seed);

    /// <summary>Largest error of an output over the tolerance.</summary>
    double Error(GuardedFloats output);

    /// <summary>What a kernel wrote to although it may only read it; null for nothing.</summary>
    /// <param name="contents">True looks into the memory as well as around it.</param>
    /// <param name="large">True looks into the weights too.</param>
    string? Damage(bool contents, bool large);

    /// <summary>Makes everything again that a kernel may have damaged.</summary>
    void Restore();
}
