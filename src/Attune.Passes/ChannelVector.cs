using Attune.Kernels;

namespace Attune.Passes;

/// <summary>Constants that broadcast along one axis only, as vectors with one number for each channel.</summary>
internal static class ChannelVector
{
    /// <summary>
    /// The constant's numbers along an axis of a result of the given shape; null when the value is no constant of floats, varies along
    /// other axes, or would make the result larger.
    /// </summary>
    public static float[]? Read(NetworkEditor editor, string value, Shape result, int axis)
    {
        if (editor.Constant(value) is not { Element: DataType.Float32 } constant || constant.Shape.Rank > result.Rank)
        {
            return null;
        }

        long channels = result.Dimensions[axis];
        int missing = result.Rank - constant.Shape.Rank;
        for (int i = 0; i < constant.Shape.Rank; i++)
        {
            long extent = constant.Shape.Dimensions[i];
            if (extent != 1 && (i + missing != axis || extent != channels))
            {
                return null;
            }
        }

        float[] data = constant.Elements<float>();
        return data.Length == channels ? data : [.. Enumerable.Repeat(data[0], (int)channels)];
    }
}
