using Attune.Kernels;

namespace Attune.Compile.Quantisation.Session;

/// <summary>
/// The answers that an output holds: the position of the largest number of every row of the last axis, or of everything where the other axes are none; whole
/// numbers are answers themselves. Stateless.
/// </summary>
internal static class Answers
{
    /// <summary>How many there are; null for an output that is no choice, such as a picture or a single number.</summary>
    public static int? CountOf(TensorType output)
    {
        Shape shape = output.Shape;
        if (output.Element is DataType.Int64 or DataType.Int32)
        {
            return (int)shape.Count;
        }

        if (output.Element != DataType.Float32 || shape.Rank == 0 || shape.Count == 0)
        {
            return null;
        }

        // Classifiers without a last reshape answer in channels of one pixel.
        bool pixel = shape.Rank > 3 && shape[1] > 1 && shape.Dimensions.Skip(2).All(extent => extent == 1);
        return pixel ? shape[0] : shape.Rank <= 3 && shape[-1] > 1 ? (int)(shape.Count / shape[-1]) : null;
    }

    /// <summary>The answers of an output that holds some.</summary>
    public static int[] Of(Tensor output)
    {
        switch (output.Data)
        {
            case int[] integers:
                return integers;
            case long[] longs:
                return Array.ConvertAll(longs, number => (int)Math.Clamp(number, int.MinValue, int.MaxValue));
        }

        float[] numbers = output.Elements<float>();
        int count = CountOf(output.Type)!.Value;
        int row = numbers.Length / count;
        var answers = new int[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> choices = numbers.AsSpan(i * row, row);
            int best = 0;
            for (int choice = 1; choice < row; choice++)
            {
                best = choices[choice] > choices[best] ? choice : best;
            }

            answers[i] = best;
        }

        return answers;
    }
}
