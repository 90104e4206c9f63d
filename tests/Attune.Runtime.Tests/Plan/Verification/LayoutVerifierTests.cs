using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.Tests.Plan.Verification;

/// <summary>Every fault is planted into a sound plan, and the finding must say where.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class LayoutVerifierTests
{
    private const int Lanes = 8;

    [Fact]
    public void Tests_verify_every_model_that_they_compile() => LayoutVerifier.IsOn.ShouldBeTrue();

    /// <summary>
    /// The fault that once was: the product's result [1, 6, 16] is row by row, but the conversion for the convolution took its strides from the product's
    /// matrix of 16 channels x 6 pixels.
    /// </summary>
    [Fact]
    public void Dense_memory_read_with_the_extents_of_the_product_that_wrote_it_is_found()
    {
        var s = new NetworkSketch(1);
        string a = s.Dense(s.Input("x", 1, 6, 7), [1, 6, 16]);
        ExecutionPlan plan = PlanOf(s.Finish(s.Line(a, [1, 8, 16], 3, 1)));
        int conversion = Find(plan, step => step.Kind == StepKind.Convert && step.Inputs[0].Value == a);
        PlannedStep step = plan.Steps[conversion];
        ActivationView matrix = ActivationView.Dense(ActivationLayout.Planar, 16, 1, 6, default, Lanes);
        LayoutFinding finding = Single(Replace(plan, conversion, step with { Conversion = step.Conversion! with { From = matrix } }));
        finding.Fault.ShouldBe(LayoutFault.OtherElement);
        finding.Value.ShouldBe(a);
        finding.Step.ShouldBe(step.Name);
        finding.Producer.ShouldBe($"n0_{FusedOperators.Dense}");
        finding.Layout.ShouldStartWith("images 1x6x1x16, from 0 on in steps of 96 an image, 48 a block of 8 channels, 6 a channel");
        finding.ProducerLayout.ShouldNotBeNull().ShouldStartWith("matrix 1x16x1x6, from 0 on");
        finding.Detail.ShouldBe($"cell 6 should hold element 16, but holds element 6 of '{a}'");
        finding.ToString().ShouldContain("OtherElement");
    }

    [Fact]
    public void A_conversion_under_extents_that_are_not_the_values_is_found()
    {
        var s = new NetworkSketch(1);
        string a = s.Dense(s.Input("x", 1, 6, 7), [1, 6, 16]);
        ExecutionPlan plan = PlanOf(s.Finish(s.Line(a, [1, 8, 16], 3, 1)));
        int conversion = Find(plan, step => step.Kind == StepKind.Convert && step.Inputs[0].Value == a);
        PlannedStep step = plan.Steps[conversion];
        var findings = LayoutVerifier.Verify(Replace(plan, conversion, step with { Conversion = step.Conversion! with { Extent = new Extent(1, 16, 1, 6) } }));
        findings.ShouldContain(finding => finding.Fault == LayoutFault.WrongExtent && finding.Step == step.Name && finding.Value == a);
    }

    [Fact]
    public void A_storage_of_another_shape_than_its_value_is_found()
    {
        var s = new NetworkSketch(1);
        string a = s.Dense(s.Input("x", 2, 6, 7), [2, 6, 16]);
        ExecutionPlan plan = PlanOf(s.Finish(s.Dense(a, [2, 6, 8])));
        int product = Find(plan, step => step.Outputs[0].Value == a);
        Storage right = plan.Steps[product].Outputs[0];
        var wrong = new Storage(
            a, right.Kind, Shape.Of(2, 16, 6), Lanes)
        { Id = right.Id, Offset = right.Offset, FirstStep = right.FirstStep, LastStep = right.LastStep };
        LayoutVerifier.Verify(Replace(plan, product, plan.Steps[product] with { Outputs = [wrong] }))
            .ShouldContain(finding => finding.Fault == LayoutFault.OtherElement && finding.Value == a && finding.Producer == plan.Steps[product].Name);
    }

    [Fact]
    public void A_halo_that_is_too_small_is_found()
    {
        ExecutionPlan plan = Convolutions();
        Storage inner = plan.Storages.Single(storage => storage.Value == "v0" && storage.Kind == StorageKind.Blocked);
        inner.Halo = new Halo(1, 0, 1, 0);
        LayoutFinding finding = LayoutVerifier.Verify(plan)[0];
        finding.Value.ShouldBe("v0");
        finding.Fault.ShouldBe(LayoutFault.OutsideMemory);
        finding.Step.ShouldContain("n1");
    }

    [Fact]
    public void A_halo_that_nobody_clears_is_found()
    {
        // The first convolution writes through a storage that has lost the halo of the one that the second reads.
        ExecutionPlan plan = Convolutions();
        int first = Find(plan, step => step.Outputs[0].Value == "v0");
        Storage known = plan.Steps[first].Outputs[0];
        var bare = new Storage(
            known.Value, known.Kind, known.Shape, Lanes)
        { Id = known.Id, Offset = known.Offset, FirstStep = known.FirstStep, LastStep = known.LastStep };
        LayoutFinding finding = Single(Replace(plan, first, plan.Steps[first] with { Outputs = [bare] }));
        finding.Fault.ShouldBe(LayoutFault.NoZero);
        finding.Value.ShouldBe("v0");
    }

    [Fact]
    public void Memory_that_is_given_away_too_early_is_found()
    {
        var s = new NetworkSketch(1);
        string x = s.Input("x", 1, 16, 8, 8);
        string a = s.Conv(x, [1, 16, 8, 8], 1);
        string b = s.Conv(a, [1, 16, 8, 8], 1);
        string c = s.Conv(b, [1, 16, 8, 8], 1);
        ExecutionPlan plan = PlanOf(s.Finish(s.Node("Add", [a, c], [1, 16, 8, 8])));
        Storage kept = plan.Storages.Single(storage => storage.Value == a && storage.Kind == StorageKind.Blocked);
        Storage late = plan.Storages.Single(storage => storage.Value == c && storage.Kind == StorageKind.Blocked);
        late.Offset = kept.Offset;
        ImmutableArray<LayoutFinding> findings = LayoutVerifier.Verify(plan);
        findings.ShouldContain(finding => finding.Fault == LayoutFault.SharedMemory);
        LayoutFinding read = findings.First(finding => finding.Fault == LayoutFault.OtherElement);
        read.Value.ShouldBe(a);
        read.Detail.ShouldContain($"of '{c}'");
    }

    [Fact]
    public void Memory_outside_the_arena_is_found()
    {
        ExecutionPlan plan = Convolutions();
        plan.Storages.Single(storage => storage.Value == "v0" && storage.Kind == StorageKind.Blocked).Offset = plan.ArenaFloats - 8;
        LayoutVerifier.Verify(plan).ShouldContain(finding => finding.Fault == LayoutFault.OutsideMemory && finding.Value == "v0");
    }

    [Fact]
    public void A_step_that_writes_where_it_reads_is_found()
    {
        ExecutionPlan plan = Convolutions();
        Storage read = plan.Storages.Single(storage => storage.Value == "v0" && storage.Kind == StorageKind.Blocked);
        plan.Storages.Single(storage => storage.Value == "v1" && storage.Kind == StorageKind.Blocked).Offset = read.Offset;
        LayoutVerifier.Verify(plan).ShouldContain(finding => finding.Fault == LayoutFault.ReadAndWritten && finding.Value == "v1");
    }

    [Fact]
    public void Steps_in_the_wrong_order_are_found()
    {
        ExecutionPlan plan = Convolutions();
        int second = Find(plan, step => step.Outputs[0].Value == "v1");
        ImmutableArray<PlannedStep> steps = plan.Steps.RemoveAt(second).Insert(second - 1, plan.Steps[second]);
        LayoutFinding finding = LayoutVerifier.Verify(plan with { Steps = steps })[0];
        finding.Fault.ShouldBe(LayoutFault.NeverWritten);
        finding.Value.ShouldBe("v0");
        finding.Producer.ShouldBeNull();
    }

    [Fact]
    public void A_part_in_the_wrong_place_of_a_concatenation_is_found()
    {
        var s = new NetworkSketch(1);
        string x = s.Input("x", 1, 16, 4, 4);
        string a = s.Conv(x, [1, 16, 4, 4], 1);
        string b = s.Conv(x, [1, 24, 4, 4], 1);
        ExecutionPlan plan = PlanOf(s.Finish(s.Conv(s.Node("Concat", [a, b], [1, 40, 4, 4], Attributes.None.With("axis", 1L)), [1, 8, 4, 4], 1)));
        LayoutVerifier.Verify(plan).ShouldBeEmpty();
        Storage part = plan.Storages.Single(storage => storage.Value == b && storage.Kind == StorageKind.Blocked);
        part.ParentBlock.ShouldBe(2);
        part.ParentBlock = 1;
        LayoutFinding finding = Single(plan);
        finding.Fault.ShouldBe(LayoutFault.OtherElement);
        finding.Value.ShouldBe("v2");
        finding.Producer.ShouldBe(plan.Steps[Find(plan, step => step.Outputs[0].Value == b)].Name);
        part.ParentBlock = 3;
        LayoutVerifier.Verify(plan).ShouldContain(other => other.Fault == LayoutFault.OutsideMemory && other.Value == b);
    }

    [Fact]
    public void A_kernel_of_another_geometry_than_its_value_is_found()
    {
        ExecutionPlan plan = Convolutions();
        int second = Find(plan, step => step.Outputs[0].Value == "v1");
        NodePlan node = plan.Steps[second].Plan!;
        LayoutVerifier.Verify(Replace(plan, second, plan.Steps[second] with { Plan = node with { Workload = node.Workload!.Exit with { InChannels = 32 } } }))
            .ShouldContain(finding => finding.Fault == LayoutFault.WrongExtent && finding.Value == "v0");
    }

    [Fact]
    public void A_copy_that_leaves_its_input_is_found()
    {
        var s = new NetworkSketch(1);
        string x = s.Input("x", 1, 6, 8);
        (string first, string second) = s.Split(x, [1, 2, 8], [1, 4, 8], 1);
        ExecutionPlan plan = PlanOf(s.Finish(first, second));
        int split = Find(plan, step => step.Kind == StepKind.Copy);
        NodePlan node = plan.Steps[split].Plan!;
        ImmutableArray<StridedCopy> moved = [node.Copies[0], node.Copies[1] with { FromOrigin = node.Copies[1].FromOrigin + 40 }];
        LayoutVerifier.Verify(Replace(plan, split, plan.Steps[split] with { Plan = node with { Copies = moved } }))
            .ShouldContain(finding => finding.Value == x && (finding.Fault == LayoutFault.OutsideMemory || finding.Fault == LayoutFault.NeverWritten));
        ImmutableArray<StridedCopy> missing = [node.Copies[0]];
        LayoutVerifier.Verify(Replace(plan, split, plan.Steps[split] with { Plan = node with { Copies = missing } }))
            .ShouldContain(finding => finding.Value == second && finding.Fault == LayoutFault.NeverWritten && finding.Step == "the network's output");
    }

    [Fact]
    public void A_model_whose_plan_is_wrong_is_not_compiled()
    {
        ExecutionPlan plan = Convolutions();
        LayoutVerifier.Require(plan);
        plan.Storages.Single(storage => storage.Value == "v0" && storage.Kind == StorageKind.Blocked).Halo = default;
        Should.Throw<InvalidOperationException>(() => LayoutVerifier.Require(plan)).Message.ShouldContain("takes 'v0' for images 1x16x8x8");
    }

    private static ExecutionPlan Convolutions()
    {
        var s = new NetworkSketch(1);
        string a = s.Conv(s.Input("x", 1, 8, 8, 8), [1, 16, 8, 8], 1);
        ExecutionPlan plan = PlanOf(s.Finish(s.Conv(a, [1, 16, 8, 8], 3, 1, 1)));
        LayoutVerifier.Verify(plan).ShouldBeEmpty();
        return plan;
    }

    private static ExecutionPlan PlanOf(Network network) => ExecutionPlan.Create(network, HostTarget.Of(Lanes));

    private static int Find(ExecutionPlan plan, Func<PlannedStep, bool> wanted) => Enumerable.Range(0, plan.Steps.Length).First(i => wanted(plan.Steps[i]));

    private static ExecutionPlan Replace(ExecutionPlan plan, int step, PlannedStep by) => plan with { Steps = plan.Steps.SetItem(step, by) };

    private static LayoutFinding Single(ExecutionPlan plan)
    {
        ImmutableArray<LayoutFinding> findings = LayoutVerifier.Verify(plan);
        findings.Length.ShouldBe(1, string.Join(Environment.NewLine, findings));
        return findings[0];
    }
}
