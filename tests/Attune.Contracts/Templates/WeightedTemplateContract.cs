using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;

namespace Attune.Contracts.Templates;

/// <summary>
/// What every template of a workload with weights must do besides: packing, and results that are those of the convolution's definition.
/// </summary>
public abstract unsafe class WeightedTemplateContract : TemplateContract
{
    private const int PointsPacked = 8;

    internal override Workload Foreign(int lanes) => new RowWorkload(RowOperation.Softmax, 3, 19, 0, lanes);

    internal override KernelSignature SignatureOf(Workload workload) =>
        KernelTemplates.CanonicalSignature((WeightedWorkload)workload, new Epilogue(true, true, "relu", 0, 0));

    [Fact]
    public void Packing_writes_every_float_of_its_target_and_equal_forms_are_packed_alike() => ForEach((workload, space, target) =>
    {
        var weighted = (WeightedWorkload)workload;
        float[] weights = TemplateRun.Random(new Random(3), weighted.WeightCount);
        var packed = new Dictionary<string, float[]>();
        foreach (Configuration point in Points(workload, space, target, PointsPacked))
        {
            float[] memory = Packed(weighted, point, weights);
            memory.ShouldAllBe(value => !float.IsNaN(value));
            if (!packed.TryAdd(Template.PackedForm(workload, point), memory))
            {
                packed[Template.PackedForm(workload, point)].ShouldBe(memory);
            }
        }
    });

    [Fact]
    public void Its_kernels_compute_the_definition() => ForEach((workload, space, target) =>
    {
        var w = (WeightedWorkload)workload;
        var sample = new WeightedSample(w, seed: 17);
        Space all = KernelTemplates.CreateSpace(w, target);
        SpacePart part = all.Parts.Single(each => each.Name == Template.Name);
        foreach (Configuration point in Points(workload, space, target, PointsPacked))
        {
            float[] actual = sample.Execute(all[part.First + point.Index], TemplateRun.By(compiled: target.Groups is null, parts: 3), target);
            for (int i = 0; i < sample.Expected.Length; i++)
            {
                float expected = sample.Expected[i];
                (Math.Abs(actual[i] - expected) <= 1e-4f * Math.Max(1, Math.Abs(expected))).ShouldBeTrue(
                    $"{w.Key} {point}: element {i} is {actual[i]}, expected {expected}");
            }
        }
    });

    // Whatever was in the memory before must not shine through.
    private float[] Packed(WeightedWorkload workload, Configuration point, float[] weights)
    {
        var packed = new float[Template.PackedCount(workload, point)];
        Array.Fill(packed, float.NaN);
        WeightOperand operand = workload is PairWorkload pair
            ? new WeightOperand(weights[(int)pair.First.WeightCount..], false) { Before = weights[..(int)pair.First.WeightCount] }
            : new WeightOperand(weights, false);
        fixed (float* target = packed)
        {
            PackingWork work = Template.Pack(workload, point, operand, target);
            using var slab = new PackingSlab();
            for (int unit = work.Units - 1; unit >= 0; unit--)
            {
                work.Run(unit, slab);
            }
        }

        return packed;
    }
}
