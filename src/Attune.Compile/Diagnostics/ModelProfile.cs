using System.Collections.Immutable;
using Attune.Measuring.Models;
using Attune.Measuring.Probes;
using Attune.Numerics;
using Attune.Runtime;

namespace Attune.Compile.Diagnostics;

/// <summary>A model's runs, step by step, against what the machine can do.</summary>
/// <param name="Speed">What the machine can do with as many threads; measured in the same invocation.</param>
/// <param name="Runs">Recorded runs.</param>
/// <param name="Layers">One row per step, in order of execution.</param>
/// <param name="Totals">Where a run's time goes.</param>
public sealed record ModelProfile(MachineSpeed Speed, int Runs, ImmutableArray<LayerProfile> Layers, ProfileTotals Totals)
{
    /// <summary>Sum of the steps' median times, milliseconds.</summary>
    public double StepsMs => Layers.Sum(layer => layer.Ms);

    /// <summary>Runs a model on random inputs and records every step.</summary>
    /// <param name="model">The model.</param>
    /// <param name="speed">What the machine can do with the model's number of threads.</param>
    /// <param name="runs">Runs to record.</param>
    public static (ModelProfile Profile, RunRecording Recording) Of(CompiledModel model, MachineSpeed speed, int runs)
    {
        RunRecording recording = model.Record(RandomInputs.For(model.Inputs, seed: 1), runs);
        return (Of(model.Steps, recording, speed), recording);
    }

    /// <summary>Puts steps and their recorded times together.</summary>
    public static ModelProfile Of(ImmutableArray<StepReport> steps, RunRecording recording, MachineSpeed speed)
    {
        StepTime[] times = [.. Enumerable.Range(0, steps.Length).Select(step => TimeOf(recording, step))];
        double total = times.Sum(time => time.Ms);
        return new ModelProfile(
            speed,
            recording.Runs,
            [.. steps.Select((step, index) => LayerProfile.Of(index, step, times[index], total, speed))],
            ProfileTotals.Of(recording));
    }

    private static StepTime TimeOf(RunRecording recording, int step)
    {
        double[] times = recording.StepMs(step);
        double[] waits = [.. Enumerable.Range(0, recording.Runs).Select(run => WaitShare(recording, run, step))];
        return new StepTime(Quantiles.Median(times), RobustStatistics.Deviation(times), Quantiles.Median(waits));
    }

    private static double WaitShare(RunRecording recording, int run, int step)
    {
        long work = 0;
        long wait = 0;
        for (int member = 0; member < recording.Members; member++)
        {
            for (int phase = 0; phase < recording.Phases[step]; phase++)
            {
                PhaseTimes times = recording.Phase(run, member, step, phase);
                work += times.Work;
                wait += times.Wait;
            }
        }

        return work + wait > 0 ? (double)wait / (work + wait) : 0;
    }
}
