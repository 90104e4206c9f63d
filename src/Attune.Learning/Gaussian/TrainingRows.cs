namespace Attune.Learning.Gaussian;

/// <summary>A table made ready for a Gaussian process: standardised, rows of weight 0 left out, stationary and linear columns apart.</summary>
/// <param name="Scales">The standardisation.</param>
/// <param name="Points">Stationary columns, row-major.</param>
/// <param name="Linear">Linear columns, row-major.</param>
/// <param name="Labels">Standardised labels.</param>
/// <param name="NoiseFactors">Noise variance per row relative to the common one.</param>
/// <param name="Ignored">Stationary columns that do not vary.</param>
internal sealed record TrainingRows(Standardisation Scales, double[] Points, double[] Linear, double[] Labels, double[] NoiseFactors, bool[] Ignored)
{
    public static TrainingRows Of(FeatureTable features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, int linears)
    {
        if (labels.Length != features.Rows || (!weights.IsEmpty && weights.Length != features.Rows))
        {
            throw new ArgumentException(
                $"{features.Rows} rows need as many labels ({labels.Length}) and no or as many weights ({weights.Length}).", nameof(labels));
        }

        if (features.Columns < linears)
        {
            throw new ArgumentException($"{linears} linear columns do not fit into a table of {features.Columns}.", nameof(features));
        }

        Standardisation scales = Standardisation.Of(features, labels, weights);
        double[] all = scales.Apply(features, weights);
        int count = features.Columns == 0 ? 0 : all.Length / features.Columns;
        int stationary = features.Columns - linears;
        var points = new double[count * stationary];
        var linear = new double[count * linears];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<double> row = all.AsSpan(i * features.Columns, features.Columns);
            row[..stationary].CopyTo(points.AsSpan(i * stationary));
            row[stationary..].CopyTo(linear.AsSpan(i * linears));
        }

        var standard = new List<double>(count);
        var noise = new List<double>(count);
        for (int row = 0; row < labels.Length; row++)
        {
            if (weights.IsEmpty || weights[row] > 0)
            {
                standard.Add((labels[row] - scales.LabelShift) / scales.LabelScale);
                noise.Add(weights.IsEmpty ? 1 : 1 / weights[row]);
            }
        }

        return standard.Count > 0 && features.Columns > 0
            ? new TrainingRows(scales, points, linear, [.. standard], [.. noise], [.. scales.Scale.Take(stationary).Select(scale => scale == 0)])
            : throw new ArgumentException("A Gaussian process needs at least one row with a weight above 0 and one column.", nameof(features));
    }
}
