namespace Attune.Learning.Gaussian;

/// <summary>
/// Where training a deep Gaussian process starts (tuning.md 3.2): k-means inducing points, principal directions as inner mean functions, inner layers almost
/// deterministic.
/// </summary>
internal static class DeepGaussianStart
{
    private const double InnerRoot = 1e-3;
    private const double LastRoot = 0.5;

    /// <summary>Makes the layers and their first parameters.</summary>
    public static DeepGaussianNetwork Make(TrainingRows rows, DeepGaussianOptions options, Random random)
    {
        int columns = rows.Ignored.Length;
        double[] points = rows.Points;
        double[] z = InducingPoints.Choose(points, columns, options.InducingPoints, random);
        int inducing = z.Length / columns;
        var layers = new List<GaussianLayer>();
        var starts = new List<double[]>();
        int offset = 0;
        int inputs = columns;
        for (int l = 0; l < options.Layers; l++)
        {
            bool last = l == options.Layers - 1;
            double[]? map = last ? null : InducingPoints.Map(points, inputs, options.Width);
            var layer = new GaussianLayer(options.Covariance, inputs, last ? 1 : options.Width, inducing, offset, map);
            layers.Add(layer);
            starts.Add(z);
            offset = layer.End;
            if (map is not null)
            {
                points = InducingPoints.Project(points, inputs, map);
                z = InducingPoints.Project(z, inputs, map);
                inputs = options.Width;
            }
        }

        var parameters = new double[offset + 1];
        for (int l = 0; l < layers.Count; l++)
        {
            GaussianLayer layer = layers[l];
            starts[l].CopyTo(parameters, layer.Offset);
            double varying = l == 0 ? Math.Max(1, rows.Ignored.Count(no => !no)) : layer.Inputs;
            Array.Fill(parameters, 0.5 * Math.Log(varying), layer.Lengths, layer.Inputs);
            double root = l == layers.Count - 1 ? LastRoot : InnerRoot;
            for (int d = 0; d < layer.Outputs; d++)
            {
                for (int i = 0; i < inducing; i++)
                {
                    parameters[layer.Roots + (((d * inducing) + i) * inducing) + i] = root;
                }
            }
        }

        parameters[^1] = Math.Log(options.Noise);
        return new DeepGaussianNetwork(layers, parameters);
    }
}
