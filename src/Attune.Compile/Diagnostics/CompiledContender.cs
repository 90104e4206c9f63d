using Attune.Kernels;
using Attune.Measuring.Bench;
using Attune.Measuring.Models;
using Attune.Runtime;

namespace Attune.Compile.Diagnostics;

/// <summary>A compiled model of ours on random inputs. Its threads sleep between blocks, so it does not disturb whoever is timed next.</summary>
public sealed class CompiledContender : IContender
{
    private readonly CompiledModel model;
    private readonly TimeProvider clock;
    private readonly Dictionary<string, Tensor> inputs;
    private readonly float[]? input;
    private readonly float[] output;

    /// <summary>Makes it ready to be timed.</summary>
    /// <param name="name">Name in reports.</param>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="clock">Time.</param>
    public CompiledContender(string name, CompiledModel model, TimeProvider clock)
    {
        Name = name;
        this.model = model;
        this.clock = clock;
        inputs = RandomInputs.For(model.Inputs, seed: 1);
        bool simple = model.Inputs.Length == 1 && model.Outputs.Length == 1
            && model.Inputs[0].Type.Element == DataType.Float32 && model.Outputs[0].Type.Element == DataType.Float32;
        input = simple ? inputs[model.Inputs[0].Name].Elements<float>() : null;
        output = simple ? new float[model.Outputs[0].Type.Shape.Count] : [];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>
    /// Bytes that an inference allocates on the managed heap, all threads together: the least of some runs, since other parts of the process allocate now and
    /// then.
    /// </summary>
    /// <param name="runs">How often to run, at least 1.</param>
    public long AllocatedBytesPerRun(int runs)
    {
        long min = long.MaxValue;
        for (int i = 0; i < runs; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Infer();
            min = Math.Min(min, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return min;
    }

    /// <inheritdoc/>
    public Task<double[]> RunAsync(int runs, CancellationToken cancellation)
    {
        double[] times = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = clock.GetTimestamp();
            Infer();
            times[i] = clock.GetElapsedTime(start).TotalMilliseconds;
        }

        return Task.FromResult(times);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Infer()
    {
        if (input is null)
        {
            model.Run(inputs);
        }
        else
        {
            model.Run(input, output);
        }
    }
}
