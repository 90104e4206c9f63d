namespace Attune.Learning.Gaussian;

/// <summary>
/// Shift and scale of feature columns and labels, learnt once and kept with the model, so that later points are placed on the same scales. Columns that do not
/// vary get scale 0: they say nothing, whatever they are later. Immutable.
/// </summary>
/// <param name="Shift">Mean of every column.</param>
/// <param name="Scale">1 / standard deviation of every column, or 0.</param>
/// <param name="LabelShift">Mean of the labels.</param>
/// <param name="LabelScale">Standard deviation of the labels, above 0.</param>
internal sealed record Standardisation(double[] Shift, double[] Scale, double LabelShift, double LabelScale)
{
    /// <summary>Columns.</summary>
    public int Columns => Shift.Length;

    /// <summary>Learns from a table; rows of weight 0 do not count.</summary>
    public static Standardisation Of(FeatureTable table, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        var shift = new double[table.Columns];
        var scale = new double[table.Columns];
        double total = 0;
        for (int row = 0; row < table.Rows; row++)
        {
            total += weights.IsEmpty || weights[row] > 0 ? 1 : 0;
        }

        for (int column = 0; column < table.Columns; column++)
        {
            double sum = 0;
            double squares = 0;
            for (int row = 0; row < table.Rows; row++)
            {
                if (weights.IsEmpty || weights[row] > 0)
                {
                    double value = table[row, column];
                    sum += value;
                    squares += value * value;
                }
            }

            double mean = sum / Math.Max(1, total);
            double deviation = Math.Sqrt(Math.Max(0, (squares / Math.Max(1, total)) - (mean * mean)));
            shift[column] = mean;
            scale[column] = deviation > 1e-6 * Math.Max(1, Math.Abs(mean)) ? 1 / deviation : 0;
        }

        (double labelShift, double labelScale) = OfLabels(labels, weights, total);
        return new Standardisation(shift, scale, labelShift, labelScale);
    }

    /// <summary>Standardises one row.</summary>
    public void Apply(ReadOnlySpan<float> row, Span<double> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (row[i] - Shift[i]) * Scale[i];
        }
    }

    /// <summary>Standardises a table, row-major; rows of weight 0 are left out.</summary>
    public double[] Apply(FeatureTable table, ReadOnlySpan<float> weights = default)
    {
        var rows = new List<int>(table.Rows);
        for (int row = 0; row < table.Rows; row++)
        {
            if (weights.IsEmpty || weights[row] > 0)
            {
                rows.Add(row);
            }
        }

        var values = new double[rows.Count * Columns];
        for (int i = 0; i < rows.Count; i++)
        {
            Apply(table.Row(rows[i]), values.AsSpan(i * Columns, Columns));
        }

        return values;
    }

    private static (double Shift, double Scale) OfLabels(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, double total)
    {
        double sum = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            sum += weights.IsEmpty || weights[row] > 0 ? labels[row] : 0;
        }

        double mean = sum / Math.Max(1, total);
        double squares = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double difference = labels[row] - mean;
            squares += weights.IsEmpty || weights[row] > 0 ? difference * difference : 0;
        }

        double deviation = Math.Sqrt(squares / Math.Max(1, total));
        return (mean, deviation > 1e-12 * Math.Max(1, Math.Abs(mean)) ? deviation : 1);
    }
}
