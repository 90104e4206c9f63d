using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices.Memory;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>
/// Compiles a small layer beside the reading of the first model that a process loads: most of what a first kernel costs is the runtime meeting the code that
/// makes kernels for the first time, and reading a file leaves all processors but one idle. Thread-safe.
/// </summary>
internal static class FirstKernel
{
    private static int begun;

    /// <summary>Begins, unless that was done before or there is no other processor.</summary>
    /// <param name="options">How the model will be compiled, for a processor.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    public static void Begin(ModelOptions options)
    {
        if (Environment.ProcessorCount > 1 && Interlocked.Exchange(ref begun, 1) == 0)
        {
            KernelTarget target = options.Resolve().Target!;
            new Thread(() => Try(target)) { IsBackground = true, Name = "attune first kernel" }.Start();
        }
    }

    private static void Try(KernelTarget target)
    {
        try
        {
            Compile(target);
        }
#pragma warning disable CA1031 // Whoever loads the model meets the same, and is told where it can be caught.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            // Nothing depends on this kernel.
            Debug.WriteLine(failure);
        }
    }

    /// <summary>Compiles a convolution and what often follows it.</summary>
    /// <param name="target">What for.</param>
    /// <returns>Kinds of the steps that were compiled.</returns>
    internal static string[] Compile(KernelTarget target)
    {
        var type = new TensorType(DataType.Float32, Shape.Of(1, 16, 4, 4));
        Tensor weights = Tensor.Zeros(DataType.Float32, Shape.Of(16, 16, 1, 1));
        Attributes attributes = Attributes.None.With(FusedOperators.Activation, "relu").With("pads", ImmutableArray.Create(0L, 0, 0, 0));
        var network = new Network(
            "first",
            [new NetworkValue("x", type)],
            [new NetworkValue("y", type)],
            [new Node("layer", FusedOperators.Convolution, 1, ["x", "w"], ["y"], attributes)],
            ImmutableDictionary<string, Tensor>.Empty.Add("w", weights),
            ImmutableDictionary<string, TensorType>.Empty.Add("x", type).Add("y", type).Add("w", weights.Type));
        var plan = ExecutionPlan.Create(network, target);
        var compiler = new StepCompiler(
            plan,
            new ConfigurationChoice(ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty, target),
            1,
            new LoadQueue(CancellationToken.None, maxHelpers: 0));
        string[] steps = [.. compiler.Run().Select(step => step.Report.Operation)];
        foreach (AlignedFloats buffer in compiler.Buffers)
        {
            buffer.Dispose();
        }

        return steps;
    }
}
