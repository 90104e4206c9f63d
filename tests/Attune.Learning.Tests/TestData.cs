namespace Attune.Learning.Tests;

/// <summary>Seeded tables that look like tuning data: some log2-like discrete columns, some continuous, one constant.</summary>
internal static class TestData
{
    public static (FeatureTable Features, float[] Labels) Make(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var table = new FeatureTable(columns, rows);
        var labels = new float[rows];
        var row = new float[columns];
        for (int i = 0; i < rows; i++)
        {
            for (int c = 0; c < columns; c++)
            {
                row[c] = c == 0 ? -1f : c % 2 == 0 ? random.Next(0, 9) : (float)(random.NextDouble() * 4);
            }

            table.Add(row);
            float signal = (row[1] * row[2]) - (row[3] > 2 ? 3 : 0) + (columns > 5 ? row[5] * row[5] : 0);
            labels[i] = (1f / (1f + MathF.Exp(-signal / 8))) + (0.01f * (float)random.NextDouble());
        }

        return (table, labels);
    }
}
