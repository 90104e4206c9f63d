using Attune.Design.Flow;
using Attune.Design.Objectives;
using Attune.Design.Search;
using Attune.Design.Spaces;
using Attune.Design.Store;
using Attune.Design.Tests.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Targets;
using Attune.Numerics;

namespace Attune.Design.Tests.Flow;

public sealed class FlowTests : IDisposable
{
    private static readonly EvolutionOptions Evolution = new() { Population = 40, Generations = 15 };
    private readonly TemporaryFolder folder = new();
    private readonly DesignSpace space = SpaceText.Read(SpaceText.Tiny);
    private readonly DesignNetworks networks;

    public FlowTests() => networks = new DesignNetworks(space, folder.Path, allowPrograms: false, TimeProvider.System);

    [Fact]
    public async Task A_proxy_predicts_designs_it_has_not_seen()
    {
        using DesignStore store = Open();
        var device = new SyntheticDevice(networks, SyntheticDevice.Key("laptop"), 5, 4, noise: 0.02);
        ProxyBuildReport report = await new ProxyBuilder(Session(store), device, TimeProvider.System).RunAsync(40, 15, 1, null, CancellationToken.None);
        report.Samples.ShouldBe(40);
        report.Quality!.Designs.ShouldBe(15);
        report.Quality.RSquared.ShouldBeGreaterThan(0.98);
        report.Quality.Spearman.Estimate.ShouldBeGreaterThan(0.95);
        report.Repeat!.RelativeError.ShouldBeLessThan(0.03);
        store.Fit(device.Device, space.Family)!.HeldOut.ShouldBe(15);
    }

    [Fact]
    public async Task An_interrupted_build_goes_on_where_it_stopped()
    {
        var stopping = new CancellationTokenSource();
        var device = new SyntheticDevice(networks, SyntheticDevice.Key("laptop"), 5, 4);
        using (DesignStore store = Open())
        {
            await Should.ThrowAsync<OperationCanceledException>(() => new ProxyBuilder(Session(store), device, TimeProvider.System)
                .RunAsync(30, 6, 1, (done, _) => { if (done == 10) { stopping.Cancel(); } }, stopping.Token));
        }

        int before = device.Measurements;
        before.ShouldBeGreaterThanOrEqualTo(10);
        using DesignStore again = Open();
        await new ProxyBuilder(Session(again), device, TimeProvider.System).RunAsync(30, 6, 1, null, CancellationToken.None);
        // 36 designs once, and up to ten of the held-out ones a second time.
        device.Measurements.ShouldBe(36 + 6);
    }

    [Fact]
    public async Task Designs_that_do_not_run_are_results()
    {
        using DesignStore store = Open();
        var device = new SyntheticDevice(networks, SyntheticDevice.Key("picky"), 5, 4) { Refuses = point => point[3] == 1 ? "no kernel of 5 rows" : null };
        ProxyBuildReport report = await new ProxyBuilder(Session(store), device, TimeProvider.System).RunAsync(40, 10, 1, null, CancellationToken.None);
        report.Unsupported.ShouldNotBeEmpty();
        report.Unsupported.ShouldAllBe(entry => entry.Reason == "no kernel of 5 rows");
        report.Samples.ShouldBeLessThan(40);
    }

    [Fact]
    public async Task A_device_that_runs_nothing_is_told_with_the_reason()
    {
        using DesignStore store = Open();
        var device = new SyntheticDevice(networks, SyntheticDevice.Key("broken"), 5, 4) { Refuses = _ => "driver missing" };
        string message = (await Should.ThrowAsync<InvalidOperationException>(
            () => new ProxyBuilder(Session(store), device, TimeProvider.System).RunAsync(20, 0, 1, null, CancellationToken.None))).Message;
        message.ShouldContain("driver missing");
    }

    [Fact]
    public async Task A_proxy_adapted_with_few_measurements_orders_a_different_device()
    {
        using DesignStore store = Open();
        DesignSession session = Session(store);
        await new ProxyBuilder(
            session, new SyntheticDevice(networks, SyntheticDevice.Key("server"), 50, 8), TimeProvider.System).RunAsync(50, 0, 1, null, CancellationToken.None);
        var target = new SyntheticDevice(networks, SyntheticDevice.Key("phone"), 2, 6, depthwise: 3);
        await session.MeasureAsync(
            target, await session.SampleAsync(30, 2, session.EncoderOf(target.Device), CancellationToken.None), withUnits: false, null, CancellationToken.None);
        TargetModel model = (await new TargetModeller(session).RunAsync(target.Device, CancellationToken.None))!;
        SpacePoint[] unseen = [.. Enumerable.Range(0, 80).Select(seed => space.Sample(new Random(1000 + seed))).Distinct().Where(
            point => store.Measurement(target.Device, space.IdOf(point)) is null)];
        double[] truth = [.. unseen.Select(target.Ms)];
        double adapted = Spearman.Of([.. unseen.Select(point => model.Latency.Predict(point.Choices.AsSpan()))], truth);
        double raw = Spearman.Of([.. unseen.Select(new SyntheticDevice(networks, SyntheticDevice.Key("server"), 50, 8).Ms)], truth);
        adapted.ShouldBeGreaterThan(0.95);
        adapted.ShouldBeGreaterThan(raw);
        model.Proxies.Single().Device.ShouldBe(SyntheticDevice.Key("server"));
        model.Unseen!.Value.Estimate.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Nothing_is_predicted_without_proxies_and_measurements()
    {
        using DesignStore store = Open();
        (await new TargetModeller(Session(store)).RunAsync(SyntheticDevice.Key("unknown"), CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait(Category.Name, Category.Slow)]
    public async Task The_answer_is_as_good_as_the_best_of_200_measured_designs(bool withProxy)
    {
        using DesignStore store = Open();
        DesignSession session = Session(store);
        if (withProxy)
        {
            await new ProxyBuilder(
                session,
                new SyntheticDevice(networks, SyntheticDevice.Key("server"), 50, 8),
                TimeProvider.System).RunAsync(50, 0, 1, null, CancellationToken.None);
        }

        var target = new SyntheticDevice(networks, SyntheticDevice.Key("phone"), 2, 6, depthwise: 2, noise: 0.01);
        ValueModel value = Capacity(session, target);
        SpacePoint[] all = [.. space.Enumerate()!.Value];
        double budget = all.Select(target.Ms).Order().ElementAt(all.Length / 2);
        OptimiseAnswer answer = await new BudgetOptimiser(session, target, value).RunAsync(
            new OptimiseQuestion { BudgetMs = budget, Candidates = 12 }, Evolution, null, CancellationToken.None);
        answer.Best!.Ms.ShouldBeLessThanOrEqualTo(budget);
        double best = all.OrderBy(point => space.IdOf(point), StringComparer.Ordinal).Take(200).Where(point => target.Ms(point) <= budget).Max(
            point => value.Model.Predict(point.Choices.AsSpan()));
        answer.Best.Value.ShouldBeGreaterThanOrEqualTo(best - (0.03 * Math.Abs(best)));
        target.Measurements.ShouldBeLessThan(120);
    }

    [Fact]
    public async Task A_budget_below_the_fastest_design_has_no_answer_but_names_the_fastest()
    {
        using DesignStore store = Open();
        DesignSession session = Session(store);
        var target = new SyntheticDevice(networks, SyntheticDevice.Key("phone"), 2, 6);
        OptimiseAnswer answer = await new BudgetOptimiser(session, target, Capacity(session, target)).RunAsync(
            new OptimiseQuestion { BudgetMs = 1e-3 }, Evolution, null, CancellationToken.None);
        answer.Best.ShouldBeNull();
        answer.Fastest!.Ms.ShouldBe(space.Enumerate()!.Value.Min(target.Ms), 1e-9);
    }

    [Fact]
    public async Task The_neural_optimiser_answers_within_the_budget_and_needs_a_second_device()
    {
        using DesignStore store = Open();
        DesignSession session = Session(store);
        var target = new SyntheticDevice(networks, SyntheticDevice.Key("phone"), 2, 6);
        ValueModel value = Capacity(session, target);
        double budget = space.Enumerate()!.Value.Select(target.Ms).Average();
        var question = new OptimiseQuestion { BudgetMs = budget, Candidates = 8, Neural = new NeuralEffort(120, 150, 32, 16, 2) };
        (await Should.ThrowAsync<InvalidOperationException>(() => new BudgetOptimiser(session, target, value).RunAsync(
            question, Evolution, null, CancellationToken.None))).Message.ShouldContain("no other device");
        await new ProxyBuilder(
            session, new SyntheticDevice(networks, SyntheticDevice.Key("server"), 50, 8), TimeProvider.System).RunAsync(40, 0, 1, null, CancellationToken.None);
        OptimiseAnswer answer = await new BudgetOptimiser(session, target, value).RunAsync(question, Evolution, null, CancellationToken.None);
        answer.Best!.Ms.ShouldBeLessThanOrEqualTo(budget);
    }

    [Fact]
    public async Task Limits_on_memory_and_size_hold()
    {
        using DesignStore store = Open();
        DesignSession session = Session(store);
        var target = new SyntheticDevice(networks, SyntheticDevice.Key("phone"), 2, 6);
        var encoder = new UnitEncoder(networks, 1, HostTarget.Widest);
        long[] sizes = [.. space.Enumerate()!.Value.Select(
            point => encoder.EncodeAsync(point, CancellationToken.None).GetAwaiter().GetResult().Design!.Footprint.WeightBytes).Order()];
        long limit = sizes[sizes.Length / 4];
        OptimiseAnswer answer = await new BudgetOptimiser(session, target, Capacity(session, target)).RunAsync(
            new OptimiseQuestion { BudgetMs = 1e6, SizeBytes = limit }, Evolution, null, CancellationToken.None);
        answer.Best!.Measured.SizeBytes!.Value.ShouldBeLessThanOrEqualTo(limit);
    }

    [Fact]
    public async Task A_measured_front_rises_and_is_kept()
    {
        using DesignStore store = Open();
        DesignSession session = Session(store);
        var target = new SyntheticDevice(networks, SyntheticDevice.Key("phone"), 2, 6);
        await new ProxyBuilder(session, target, TimeProvider.System).RunAsync(30, 0, 1, null, CancellationToken.None);
        MeasuredFront front =
            (await new FrontBuilder(session, target, Capacity(session, target), TimeProvider.System).RunAsync(20, Evolution, null, CancellationToken.None))!;
        front.Front.Length.ShouldBeGreaterThan(3);
        front.Front.Select(design => design.Ms).ShouldBeInOrder();
        front.Front.Select(design => design.Value).ShouldBeInOrder();
        store.Fronts.Single().Designs.Length.ShouldBe(front.Front.Length);
    }

    [Fact]
    public async Task Ways_of_running_are_compared_and_adapted_to_each_other()
    {
        using DesignStore store = Open();
        DesignSession session = Session(store);
        SyntheticDevice[] devices = [new(networks, SyntheticDevice.Key("one"), 50, 8), new(networks, SyntheticDevice.Key("two"), 50.5, 8.1), new(
            networks, SyntheticDevice.Key("three"), 2, 9, depthwise: 4)];
        DeviceComparisonReport report = await new DeviceComparison(session).RunAsync(devices, 48, 1, null, CancellationToken.None);
        report.Matrix[0, 1].ShouldBeGreaterThan(0.99);
        report.Pairs.Length.ShouldBe(6);
        report.Pairs.ShouldAllBe(pair => pair.Samples == 24 && pair.Unseen == 24);
        report.Pairs.Average(pair => pair.Adapted - pair.Raw).ShouldBeGreaterThan(0);
    }

    public void Dispose() => folder.Dispose();

    private DesignStore Open() => DesignStore.Open(folder.File("s.jsonl"), TimeProvider.System);

    private DesignSession Session(DesignStore store) => new(networks, store, TimeProvider.System);

    private static ValueModel Capacity(DesignSession session, SyntheticDevice device) =>
        ValueModel.Of(new ZeroCostAccuracy("capacity", session.EncoderOf(device.Device)));
}
