using Attune.Kernels.Spaces;

namespace Attune.Tuning.Search;

/// <summary>Features of the points that a search looked at, kept because neighbourhoods of successive steps overlap. Emptied when full.</summary>
/// <param name="space">The space.</param>
/// <param name="alignment">Features to append to the space's own; null for none.</param>
internal sealed class FeatureCache(Space space, AlignmentFeatures? alignment = null)
{
    private const int Capacity = 50_000;
    private readonly Dictionary<long, float[]> rows = [];

    public float[] this[long point]
    {
        get
        {
            if (!rows.TryGetValue(point, out float[]? row))
            {
                if (rows.Count >= Capacity)
                {
                    rows.Clear();
                }

                double[] features = space.Features(point);
                row = new float[features.Length + (alignment?.Count ?? 0)];
                for (int i = 0; i < features.Length; i++)
                {
                    row[i] = (float)features[i];
                }

                alignment?.Fill(point, row.AsSpan(features.Length));
                rows[point] = row;
            }

            return row;
        }
    }
}
