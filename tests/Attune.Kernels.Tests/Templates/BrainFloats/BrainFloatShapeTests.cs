using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Kernels.Tests.Templates.BrainFloats;

/// <summary>Layers of brain floats of shapes drawn at random give what their definition says, at every width and in every way they are run.</summary>
[Trait(Category.Name, Category.Slow)]
[Trait(Category.Name, Category.AnyWidth)]
public sealed class BrainFloatShapeTests
{
    private const int Shapes = 12;

    public static TheoryData<int, string> Kinds
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                foreach (string kind in new[] { "convolution", "grouped", "few channels", "depthwise", "dense" })
                {
                    data.Add(lanes, kind);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void They_give_what_their_definition_says(int lanes, string kind)
    {
        var random = new Random(lanes + kind.Length);
        string[] activations = ["none", "relu", "silu", "hard_swish"];
        for (int shape = 0; shape < Shapes; shape++)
        {
            BFloat16Workload w = Drawn(lanes, kind, random);
            if (!w.KernelFits)
            {
                continue;
            }

            KernelTarget target = HostTarget.Of(lanes);
            bool narrowResidual = random.Next(2) == 0;
            var epilogue = new Epilogue(random.Next(4) > 0, random.Next(2) == 0, activations[random.Next(activations.Length)], 0, 0);
            KernelSignature signature = KernelTemplates.CanonicalSignature(w, epilogue) with
            {
                ResidualElement = narrowResidual ? DataType.BFloat16 : DataType.Float32,
            };
            if (kind == "few channels")
            {
                signature = signature with { Input = FewChannels(w) };
            }

            var layer = new BrainFloatLayer(w, epilogue, narrowResidual, shape);
            foreach (ITemplate template in TemplateRegistry.Of(w, target))
            {
                Space space = template.CreateSpace(w, target);
                long index = Enumerable.Range(0, 1000).Select(_ => random.NextInt64(space.Count))
                    .FirstOrDefault(space.IsValid, template.Default(w, space, target));
                BrainFloatRun.CheckAllWays(template, layer, space[index], signature, target, $"{template.Name} {w.Key} {space[index]} {epilogue}");
            }
        }
    }

    private static BFloat16Workload Drawn(int lanes, string kind, Random random)
    {
        int groups = kind == "grouped" ? random.Next(2, 4) : kind == "depthwise" ? random.Next(2, (2 * lanes) + 2) : 1;
        int inputs = kind switch
        {
            "grouped" => groups * lanes * random.Next(1, 3),
            "few channels" => random.Next(1, 5),
            "depthwise" => groups,
            _ => random.Next(1, (2 * lanes) + 4),
        };
        int outputs = kind switch
        {
            "grouped" => groups * lanes * random.Next(1, 3),
            "depthwise" => groups,
            _ => random.Next(1, (3 * lanes) + 1),
        };
        bool dense = kind == "dense";
        var geometry = new ConvolutionWorkload
        {
            Batch = dense ? 1 : random.Next(1, 3),
            InChannels = inputs,
            Height = dense ? 1 : random.Next(1, 9),
            Width = random.Next(1, 9),
            OutChannels = outputs,
            KernelHeight = dense ? 1 : random.Next(1, 4),
            KernelWidth = dense ? 1 : random.Next(1, 4),
            StrideHeight = dense ? 1 : random.Next(1, 3),
            StrideWidth = dense ? 1 : random.Next(1, 3),
            DilationHeight = dense ? 1 : random.Next(1, 3),
            DilationWidth = dense ? 1 : random.Next(1, 3),
            Padding = dense ? default : new Halo(random.Next(3), random.Next(3), random.Next(3), random.Next(3)),
            Groups = groups,
            InputLayout = dense ? ActivationLayout.RowMajor : ActivationLayout.ChannelsLast,
            OutputLayout = dense ? ActivationLayout.RowMajor : ActivationLayout.ChannelsLast,
            Lanes = lanes,
        };
        return new BFloat16Workload(geometry) { OutputElement = random.Next(3) == 0 ? DataType.Float32 : DataType.BFloat16 };
    }

    // Four elements to a pixel, as a network's first layer finds its input.
    private static ActivationView FewChannels(BFloat16Workload w)
    {
        const int pixel = 4;
        long row = (w.Width + w.Padding.Left + w.Padding.Right) * pixel;
        long image = (w.Height + w.Padding.Top + w.Padding.Bottom) * row;
        return new ActivationView((w.Padding.Top * row) + (w.Padding.Left * pixel), image, 0, 1, row, pixel);
    }
}
