using Attune.Kernels;

namespace Attune.Graph.Zoo;

/// <summary>Residual networks of He et al. (CVPR 2016), with the stride of a bottleneck in its 3x3 convolution as is usual today.</summary>
internal static class ResNet
{
    // The last factor of a residual branch is halved, otherwise activations would double in variance with every block.
    private const float BranchScale = 0.5f;

    public static Network Eighteen(Layers layers) => Build(layers, [2, 2, 2, 2], bottleneck: false);

    public static Network Fifty(Layers layers) => Build(layers, [3, 4, 6, 3], bottleneck: true);

    private static Network Build(Layers layers, int[] blocks, bool bottleneck)
    {
        string x = layers.Convolution("conv1", layers.Input(), 64, 7, 2, 3, bias: false, rectified: false);
        x = layers.Relu("relu", layers.BatchNorm("bn1", x));
        x = layers.MaxPool("maxpool", x, 3, 2, 1);
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            for (int block = 0; block < blocks[stage]; block++)
            {
                long stride = block == 0 && stage > 0 ? 2 : 1;
                x = Block(layers, $"layer{stage + 1}.{block}", x, 64L << stage, stride, bottleneck);
            }
        }

        return layers.Finish(layers.Linear("fc", layers.Flatten(layers.GlobalPool(x))));
    }

    private static string Block(Layers layers, string name, string x, long width, long stride, bool bottleneck)
    {
        long channels = bottleneck ? 4 * width : width;
        string y = x;
        if (bottleneck)
        {
            y = layers.Convolution($"{name}.conv1", y, width, 1, bias: false);
            y = layers.Relu($"{name}.relu1", layers.BatchNorm($"{name}.bn1", y));
            y = layers.Convolution($"{name}.conv2", y, width, 3, stride, 1, bias: false);
            y = layers.Relu($"{name}.relu2", layers.BatchNorm($"{name}.bn2", y));
            y = layers.Convolution($"{name}.conv3", y, channels, 1, bias: false);
            y = layers.BatchNorm($"{name}.bn3", y, BranchScale);
        }
        else
        {
            y = layers.Convolution($"{name}.conv1", y, width, 3, stride, 1, bias: false);
            y = layers.Relu($"{name}.relu1", layers.BatchNorm($"{name}.bn1", y));
            y = layers.Convolution($"{name}.conv2", y, channels, 3, 1, 1, bias: false);
            y = layers.BatchNorm($"{name}.bn2", y, BranchScale);
        }

        if (stride != 1 || layers.Channels(x) != channels)
        {
            x = layers.Convolution($"{name}.downsample.0", x, channels, 1, stride, bias: false);
            x = layers.BatchNorm($"{name}.downsample.1", x);
        }

        return layers.Relu($"{name}.relu", layers.Add($"{name}.add", y, x));
    }
}
