using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Attention;
using Attune.Kernels.Templates.Elementwise;
using Attune.Kernels.Templates.MatMul;
using Attune.Kernels.Templates.Pools;
using Attune.Kernels.Templates.Recurrent;
using Attune.Kernels.Templates.Rows;

namespace Attune.Kernels.Tests.Templates;

public sealed class MatrixTemplateContractTests : TemplateContract
{
    internal override ITemplate Template { get; } = new MatrixTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => [new MatrixWorkload(new MatrixBatch(1, 2, 0, 1, 0, 1), 5, 19, 6, lanes)];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);
}

public sealed class AttentionTemplateContractTests : TemplateContract
{
    internal override ITemplate Template { get; } = new AttentionTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) =>
    [
        SampleWorkloads.Attention(lanes),
    ];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);
}

public sealed class SoftmaxTemplateContractTests : TemplateContract
{
    internal override ITemplate Template { get; } = new SoftmaxTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => [new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes)];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.LayerNormalization, 3, 19, 1e-5f, lanes);
}

public sealed class LayerNormalizationTemplateContractTests : TemplateContract
{
    internal override ITemplate Template { get; } = new LayerNormalizationTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) => [new RowWorkload(RowOperation.LayerNormalization, 3, 19, 1e-5f, lanes)];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);
}

public sealed class RecurrentTemplateContractTests : TemplateContract
{
    internal override ITemplate Template { get; } = new RecurrentTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) =>
    [
        SampleWorkloads.Recurrent(RecurrentKind.Long, lanes),
        SampleWorkloads.Recurrent(RecurrentKind.ResetBefore, lanes),
        SampleWorkloads.Recurrent(RecurrentKind.ResetBehind, lanes) with { IsBatchFirst = true, Directions = 1, IsReverse = true },
        SampleWorkloads.Recurrent(RecurrentKind.Plain, lanes),
    ];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);

    internal override KernelSignature SignatureOf(Workload workload)
    {
        var w = (RecurrentWorkload)workload;
        return KernelSignature.Dense with { Input = new ActivationView(0, 0, 0, 1, 0, w.Directions * w.Gates * w.Hidden) };
    }
}

public abstract class PoolTemplateContract : TemplateContract
{
    internal abstract PoolOperation Operation { get; }

    internal override IReadOnlyList<Workload> Workloads(int lanes) => [Pool(lanes) with { Operation = Operation }];

    internal override Workload Foreign(int lanes) =>
        Pool(lanes) with { Operation = Operation == PoolOperation.Average ? PoolOperation.Maximum : PoolOperation.Average };

    internal override KernelSignature SignatureOf(Workload workload)
    {
        ActivationView input = ActivationView.Dense(ActivationLayout.Blocked, 16, 8, 8, default, workload.Lanes);
        return KernelSignature.Dense with { Input = input, Output = ActivationView.Dense(ActivationLayout.Blocked, 16, 4, 4, default, workload.Lanes) };
    }

    private static PoolWorkload Pool(int lanes) => new(1, 16, 8, 8, 4, 4, 2, 2, 2, 2, 0, 0, lanes);
}

public sealed class MaxPoolTemplateContractTests : PoolTemplateContract
{
    internal override ITemplate Template { get; } = new MaxPoolTemplate();

    internal override PoolOperation Operation => PoolOperation.Maximum;
}

public sealed class LoopedMaxPoolTemplateContractTests : PoolTemplateContract
{
    internal override ITemplate Template { get; } = new LoopedMaxPoolTemplate();

    internal override PoolOperation Operation => PoolOperation.Maximum;
}

public sealed class AveragePoolTemplateContractTests : PoolTemplateContract
{
    internal override ITemplate Template { get; } = new AveragePoolTemplate();

    internal override PoolOperation Operation => PoolOperation.Average;
}

public sealed class GlobalAveragePoolTemplateContractTests : PoolTemplateContract
{
    internal override ITemplate Template { get; } = new GlobalAveragePoolTemplate();

    internal override PoolOperation Operation => PoolOperation.GlobalAverage;
}

public sealed class ElementwiseTemplateContractTests : TemplateContract
{
    internal override ITemplate Template { get; } = new ElementwiseTemplate();

    internal override IReadOnlyList<Workload> Workloads(int lanes) =>
        [new ElementwiseWorkload("Add", new Epilogue(false, false, "relu", 0, 0), new ElementwiseExtent(1, 16 / lanes, 8, 8), lanes)];

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);

    internal override KernelSignature SignatureOf(Workload workload)
    {
        ActivationView image = ActivationView.Dense(ActivationLayout.Blocked, 16, 8, 8, default, workload.Lanes);
        return KernelSignature.Dense with { Input = image, Residual = image, Output = image };
    }
}
