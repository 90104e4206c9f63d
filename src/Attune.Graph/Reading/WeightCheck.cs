using System.Numerics;
using System.Runtime.InteropServices;
using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Graph.Reading;

/// <summary>Looks for weights that are not numbers. One linear scan at memory speed.</summary>
internal static class WeightCheck
{
    /// <summary>Reports each constant that holds NaN, as a warning or as a fault.</summary>
    public static void Run(RawGraph graph, bool reject, string where, FaultList faults)
    {
        foreach ((string name, Tensor tensor) in graph.Constants.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            bool found = tensor.Data switch
            {
                float[] data => AnyNaN(data),
                double[] data => data.AsSpan().ContainsAnyNaN(),
                Half[] data => Array.Exists(data, Half.IsNaN),
                BFloat16[] data => Array.Exists(data, value => float.IsNaN(value.ToSingle())),
                _ => false,
            };
            if (found)
            {
                const string message = "The weights hold NaN, so every result that depends on them is NaN.";
                const string next = "Check how the model was trained or converted.";
                string place = $"{where}, initialiser '{name}'";
                if (reject)
                {
                    faults.Add(FaultCodes.NotANumber, message, place, next);
                }
                else
                {
                    faults.Warn(FaultCodes.NotANumber, message, place, next);
                }
            }
        }
    }

    private static bool ContainsAnyNaN(this Span<double> data)
    {
        foreach (double value in data)
        {
            if (double.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyNaN(float[] data)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(data);
        foreach (Vector<float> vector in vectors)
        {
            if (!Vector.EqualsAll(vector, vector))
            {
                return true;
            }
        }

        for (int i = vectors.Length * Vector<float>.Count; i < data.Length; i++)
        {
            if (float.IsNaN(data[i]))
            {
                return true;
            }
        }

        return false;
    }
}
