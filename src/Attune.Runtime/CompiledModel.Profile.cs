using System.Runtime.InteropServices;
using Attune.Runtime.Execution;

namespace Attune.Runtime;

/// <content>Timing of single steps.</content>
public sealed partial class CompiledModel
{
    /// <summary>Runs the model several times on given inputs and reports each step's median time.</summary>
    /// <param name="inputs">One tensor for each input.</param>
    /// <param name="runs">Timed runs, at least 1; one more is run first and not counted.</param>
    /// <returns>Milliseconds of each step of <see cref="Steps"/>, barrier included.</returns>
    public double[] Profile(IReadOnlyDictionary<string, Kernels.Tensor> inputs, int runs)
    {
        RunRecording recording = Record(inputs, runs);
        return [.. Enumerable.Range(0, steps.Length).Select(step => Median(recording.StepMs(step)))];
    }

    /// <summary>Runs the model several times on given inputs and records when every thread did its share of every step.</summary>
    /// <param name="inputs">One tensor for each input.</param>
    /// <param name="runs">Recorded runs, at least 1; one more is run first and not recorded.</param>
    public RunRecording Record(IReadOnlyDictionary<string, Kernels.Tensor> inputs, int runs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        Inference inference = Rent();
        var pins = new List<GCHandle>();
        try
        {
            for (int i = 0; i < Inputs.Length; i++)
            {
                BindInput(inference.Context, i, inputs, pins);
            }

            var recording = new RunRecording([.. steps.Select(step => step.Phases.Length)], Options.Threads, runs);
            inference.RunShared(team);
            ending?.Run(inference.Context.Managed);
            inference.Recording = recording;
            for (int run = 0; run < runs; run++)
            {
                recording.BeginRun(run);
                inference.RunShared(team);
                if (ending is not null)
                {
                    ending.Run(inference.Context.Managed);
                    recording.EndLastStep();
                }

                recording.EndRun();
            }

            return recording;
        }
        finally
        {
            inference.Recording = null;
            pins.ForEach(pin => pin.Free());
            Return(inference);
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
