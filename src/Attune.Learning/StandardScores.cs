namespace Attune.Learning;

/// <summary>Standardisation of features: every column minus its mean, divided by its standard deviation; constant columns are dropped.</summary>
public static class StandardScores
{
    /// <summary>The standardised table. Tables without a varying column become tables without columns.</summary>
    public static FeatureTable Of(FeatureTable table)
    {
        var kept = new List<(int Column, double Mean, double Deviation)>();
        for (int column = 0; column < table.Columns; column++)
        {
            double sum = 0;
            for (int row = 0; row < table.Rows; row++)
            {
                sum += table[row, column];
            }

            double mean = sum / Math.Max(1, table.Rows);
            double squares = 0;
            for (int row = 0; row < table.Rows; row++)
            {
                double difference = table[row, column] - mean;
                squares += difference * difference;
            }

            double deviation = Math.Sqrt(squares / Math.Max(1, table.Rows));
            if (deviation > 1e-6 * Math.Max(1, Math.Abs(mean)))
            {
                kept.Add((column, mean, deviation));
            }
        }

        var scores = new FeatureTable(kept.Count, table.Rows);
        var buffer = new float[kept.Count];
        for (int row = 0; row < table.Rows; row++)
        {
            for (int i = 0; i < buffer.Length; i++)
            {
                buffer[i] = (float)((table[row, kept[i].Column] - kept[i].Mean) / kept[i].Deviation);
            }

            scores.Add(buffer);
        }

        return scores;
    }
}
