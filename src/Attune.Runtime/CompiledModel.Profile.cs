using System.Diagnostics;
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
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        Inference inference = Rent();
        var pins = new List<GCHandle>();
        try
        {
            for (int i = 0; i < Inputs.Length; i++)
            {
                BindInput(inference.Context, i, inputs, pins);
            }

            var times = new double[steps.Length][];
            for (int i = 0; i < times.Length; i++)
            {
                times[i] = new double[runs];
            }

            team.Run(inference);
            var stamps = new long[steps.Length + 1];
            inference.Stamps = stamps;
            for (int run = 0; run < runs; run++)
            {
                team.Run(inference);
                for (int i = 0; i < times.Length; i++)
                {
                    times[i][run] = Stopwatch.GetElapsedTime(stamps[i], stamps[i + 1]).TotalMilliseconds;
                }
            }

            return [.. times.Select(Median)];
        }
        finally
        {
            inference.Stamps = null;
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
