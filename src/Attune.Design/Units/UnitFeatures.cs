using Attune.Compile;
using Attune.Kernels;

namespace Attune.Design.Units;

/// <summary>Numbers by which an estimator knows a unit: sizes as logarithms, kinds as flags.</summary>
internal static class UnitFeatures
{
    /// <summary>Length of a row.</summary>
    public const int Columns = 18;

    /// <summary>The row of a unit.</summary>
    public static float[] Of(ModelUnit unit)
    {
        var row = new float[Columns];
        row[0] = Log(unit.Flops);
        row[1] = Log(unit.Bytes);
        row[2] = row[0] - row[1];
        if (unit.Workload?.Exit is { } w)
        {
            row[3] = 1;
            row[4] = w.IsDense ? 1 : 0;
            row[5] = w.IsDepthwise ? 1 : 0;
            row[6] = w.KernelHeight * w.KernelWidth;
            row[7] = w.StrideHeight;
            row[8] = Log(w.Batch);
            row[9] = Log(w.InChannels);
            row[10] = Log(w.OutChannels);
            row[11] = Log((long)w.OutHeight * w.OutWidth);
            row[12] = Log(w.WeightBytes);
            row[13] = (int)w.Weights;
            row[14] = w.OutWidth % w.Lanes;
            row[15] = unit.Key.EndsWith("residual", StringComparison.Ordinal) ? 1 : 0;

            // Weights alone may be narrow too, beside activations of floats: their format does not tell.
            row[16] = unit.Multiplies == DataType.UInt8 ? 1 : 0;
            row[17] = unit.Multiplies == DataType.BFloat16 ? 1 : 0;
        }

        return row;
    }

    private static float Log(long value) => MathF.Log2(1 + value);
}
