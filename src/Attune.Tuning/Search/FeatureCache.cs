using Attune.Kernels.Spaces;

namespace Attune.Tuning;

/// <summary>Features of the points that a search looked at, kept because neighbourhoods of successive steps overlap. Emptied when full.</summary>
internal sealed class FeatureCache(Space space)
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
                row = new float[features.Length];
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = (float)features[i];
                }

                rows[point] = row;
            }

            return row;
        }
    }
}
