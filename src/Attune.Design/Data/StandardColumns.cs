using Attune.Learning.Linear;
using Attune.Numerics;

namespace Attune.Design.Data;

/// <summary>
/// Brings columns to mean 0 and deviation 1, leaves constant ones out, and divides all by the root of their number, so that a row has about length 1. Pure.
/// </summary>
internal static class StandardColumns
{
    public static double[][] Of(DenseMatrix matrix)
    {
        var columns = new List<double[]>();
        for (int j = 0; j < matrix.Columns; j++)
        {
            var column = new double[matrix.Rows];
            for (int i = 0; i < column.Length; i++)
            {
                column[i] = matrix[i, j];
            }

            double mean = column.Average();
            double deviation = Moments.PopulationDeviation(column);
            if (deviation > 1e-9)
            {
                columns.Add([.. column.Select(value => (value - mean) / deviation)]);
            }
        }

        double scale = 1 / Math.Sqrt(Math.Max(1, columns.Count));
        return [.. Enumerable.Range(0, matrix.Rows).Select(i => columns.Select(column => column[i] * scale).ToArray())];
    }

    /// <summary>Rows as a matrix.</summary>
    public static DenseMatrix Matrix(double[][] rows)
    {
        var matrix = new DenseMatrix(rows.Length, rows[0].Length);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i].CopyTo(matrix.Row(i));
        }

        return matrix;
    }

    /// <summary>Rows side by side as a matrix.</summary>
    public static DenseMatrix Join(double[][] left, double[][] right)
    {
        var joined = new DenseMatrix(left.Length, left[0].Length + right[0].Length);
        for (int i = 0; i < left.Length; i++)
        {
            left[i].CopyTo(joined.Row(i));
            right[i].CopyTo(joined.Row(i)[left[i].Length..]);
        }

        return joined;
    }
}
