using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Gpu;

namespace Attune.Kernels.Tests.Templates;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class BatchedGemmTemplateContractTests : TemplateContract
{
    internal override ITemplate Template { get; } = new BatchedGemmTemplate();

    internal override IReadOnlyList<KernelTarget> Targets => [SampleGpu.Of(new GroupLimits(256, 32 << 10, 32)), SampleGpu.Of(new GroupLimits(1, 64, 1))];

    internal override IReadOnlyList<Workload> Workloads(int lanes) => [new MatrixWorkload(new MatrixBatch(1, 2, 0, 1, 0, 1), 5, 19, 6, lanes)];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);

    [Theory]
    [InlineData(5, 19, 6)]
    [InlineData(1, 1, 1)]
    [InlineData(33, 8, 70)]
    public void It_computes_the_products_of_the_pairs_that_the_batch_names(int rows, int columns, int depth)
    {
        // The right operand is repeated along the outer axis.
        var pairs = new MatrixBatch(2, 3, 3, 1, 0, 1);
        var random = new Random(rows);
        float[] a = TemplateRun.Random(random, 6L * rows * depth);
        float[] b = TemplateRun.Random(random, 3L * depth * columns);
        foreach (KernelTarget target in Targets)
        {
            float[] y = new float[6 * rows * columns];
            KernelSource source = KernelTemplates.Source(new MatrixWorkload(pairs, rows, columns, depth, 1), KernelSignature.Dense, target);
            Interpreter.Run(source.Phases[0].Program, [a, b, y]);
            for (int at = 0; at < y.Length; at++)
            {
                (int pair, int row, int column) = (at / (rows * columns), at / columns % rows, at % columns);
                double sum = Enumerable.Range(0, depth).Sum(
                    k => (double)a[(((pair * rows) + row) * depth) + k] * b[((((pair % 3) * depth) + k) * columns) + column]);
                y[at].ShouldBe((float)sum, 1e-4f, $"{at}");
            }
        }
    }
}
