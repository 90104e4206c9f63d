using Attune.Graph;
using Attune.Kernels;
using Attune.Runtime;

namespace Attune.EndToEnd;

/// <summary>Every network of the zoo runs on templates alone, and then an inference allocates nothing on the managed heap, on any thread.</summary>
public sealed class AllocationTests
{
    // VGG-19 is VGG-16 with three layers more of shapes that VGG-16 has, and needs a gigabyte.
    public static TheoryData<string> Networks => [.. ModelZoo.Names.Where(name => name != "vgg19")];

    [Theory]
    [MemberData(nameof(Networks))]
    public void An_inference_allocates_nothing(string name)
    {
        Network network = PassPipeline.Default.Run(ModelZoo.Create(name));
        foreach (int threads in (int[])[1, 2])
        {
            using CompiledModel model = CompiledModel.Compile(network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions(Math.Min(threads, Environment.ProcessorCount)));
            model.Steps.ShouldNotContain(step => step.Operation == "Reference");
            var input = new float[model.Inputs[0].Type.Shape.Count];
            var output = new float[model.Outputs[0].Type.Shape.Count];
            model.Run(input, output);

            // Other threads of this process allocate now and then, so it takes one run without any.
            long least = long.MaxValue;
            for (int run = 0; run < 20 && least > 0; run++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                model.Run(input, output);
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }

            least.ShouldBe(0, $"{threads} threads");
        }
    }
}
