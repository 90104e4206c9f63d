using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Numerics;
using Attune.Runtime;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>A compiled model on random inputs, timed as a whole and step by step in the same runs. Its threads sleep between blocks.</summary>
/// <param name="model">The model; stays the caller's.</param>
/// <param name="seed">Seed of the inputs.</param>
internal sealed class TimedModel(CompiledModel model, int seed) : ITimedModel
{
    private readonly Dictionary<string, Tensor> inputs = RandomInputs.For(model.Inputs, seed);

    /// <inheritdoc/>
    public RunBlock Run(int runs)
    {
        RunRecording recording = model.Record(inputs, runs);
        IEnumerable<double> whole = Enumerable.Range(0, runs).Select(run => (recording.Run(run).End - recording.Run(run).Begin) / 1e6);
        return new RunBlock(
            Math.Max(1e-6, Quantiles.Median(whole)),
            [.. Enumerable.Range(0, recording.Phases.Length).Select(step => Quantiles.Median(recording.StepMs(step)))]);
    }
}
