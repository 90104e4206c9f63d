using Attune.Kernels;

namespace Attune.Graph.Zoo;

/// <summary>MobileNet v1 (Howard et al. 2017, width 1.0) and v2 (Sandler et al., CVPR 2018), with rectifiers bounded by six.</summary>
internal static class MobileNets
{
    public static Network First(Layers layers)
    {
        (long Channels, long Stride)[] blocks =
        [
            (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
        ];
        string x = Unit(layers, "conv0", layers.Input(), 32, 3, 2, 1, rectified: false);
        for (int i = 0; i < blocks.Length; i++)
        {
            x = Unit(layers, $"dw{i + 1}", x, layers.Channels(x), 3, blocks[i].Stride, layers.Channels(x));
            x = Unit(layers, $"pw{i + 1}", x, blocks[i].Channels, 1, 1, 1);
        }

        return layers.Finish(layers.Linear("fc", layers.Flatten(layers.GlobalPool(x))));
    }

    public static Network Second(Layers layers)
    {
        // Expansion, channels, repeats, stride of the first repeat: table 2 of the paper.
        (long Expansion, long Channels, int Repeats, long Stride)[] stages =
        [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ];
        string x = Unit(layers, "features.0", layers.Input(), 32, 3, 2, 1, rectified: false);
        int index = 1;
        foreach ((long expansion, long channels, int repeats, long stride) in stages)
        {
            for (int i = 0; i < repeats; i++)
            {
                x = InvertedResidual(layers, $"features.{index++}", x, expansion, channels, i == 0 ? stride : 1);
            }
        }

        x = Unit(layers, $"features.{index}", x, 1280, 1, 1, 1, rectified: false);
        return layers.Finish(layers.Linear("classifier", layers.Flatten(layers.GlobalPool(x))));
    }

    private static string InvertedResidual(Layers layers, string name, string x, long expansion, long channels, long stride)
    {
        long width = layers.Channels(x) * expansion;
        string y = expansion == 1 ? x : Unit(layers, $"{name}.expand", x, width, 1, 1, 1, rectified: false);
        y = Unit(layers, $"{name}.depthwise", y, width, 3, stride, width);
        y = layers.Convolution($"{name}.project", y, channels, 1, bias: false);
        bool residual = stride == 1 && layers.Channels(x) == channels;
        y = layers.BatchNorm($"{name}.project.bn", y, residual ? 0.5f : 1);
        return residual ? layers.Add($"{name}.add", x, y) : y;
    }

    private static string Unit(Layers layers, string name, string x, long channels, long kernel, long stride, long group, bool rectified = true)
    {
        string y = layers.Convolution(name, x, channels, kernel, stride, kernel / 2, group, bias: false, rectified);
        return layers.Relu6($"{name}.relu", layers.BatchNorm($"{name}.bn", y));
    }
}
