namespace Attune.Devices.Tests.Threads;

/// <summary>
/// A team that many callers share: who does not get it is told so and runs alone. Whoever works in the process counts, so nothing else may run beside these
/// tests.
/// </summary>
[Collection(nameof(SharedTeamTests))]
[CollectionDefinition(nameof(SharedTeamTests), DisableParallelization = true)]
public sealed class SharedTeamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_free_team_runs_the_job_on_all_members()
    {
        using var team = new ThreadTeam(Environment.ProcessorCount);
        var job = new Rendezvous(team.Members);
        team.TryRun(job).ShouldBeTrue();
        job.Members.Order().ShouldBe(Enumerable.Range(0, team.Members));
    }

    [Fact]
    public async Task A_team_at_work_is_not_waited_for()
    {
        using var team = new ThreadTeam(2);
        using var held = new Held(2);
        Task first = Task.Run(() => team.Run(held));
        held.AwaitAll(Patience);
        var second = new Rendezvous(1);
        team.TryRun(second).ShouldBeFalse();
        second.Members.ShouldBeEmpty();
        held.Release();
        await first.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_team_for_whose_members_there_are_no_processors_left_is_not_taken()
    {
        using var team = new ThreadTeam(Environment.ProcessorCount);
        using var held = new Held(1);
        Task alone = Task.Run(() => ThreadTeam.RunAlone(held));
        held.AwaitAll(Patience);
        team.TryRun(new Rendezvous(1)).ShouldBeFalse();
        held.Release();
        await alone.WaitAsync(Patience);
        team.TryRun(new Rendezvous(team.Members)).ShouldBeTrue();
    }

    [Fact]
    public async Task Threads_that_work_alone_crowd_the_processors()
    {
        TeamBarrier.IsCrowdedBeside(1).ShouldBeFalse();
        using var held = new Held(Environment.ProcessorCount + 1);
        Task[] alone = [.. Enumerable.Range(0, Environment.ProcessorCount + 1).Select(
            _ => Task.Factory.StartNew(() => ThreadTeam.RunAlone(held), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        held.AwaitAll(Patience);
        TeamBarrier.IsCrowdedBeside(1).ShouldBeTrue();
        held.Release();
        await Task.WhenAll(alone).WaitAsync(Patience);
        TeamBarrier.IsCrowdedBeside(1).ShouldBeFalse();
    }

    [Fact]
    public async Task A_team_larger_than_the_machine_is_taken_while_it_is_alone()
    {
        using var team = new ThreadTeam(Environment.ProcessorCount + 1);
        var job = new Rendezvous(team.Members);
        team.TryRun(job).ShouldBe(Environment.ProcessorCount > 1, "one processor gains nothing from two threads");
        using var held = new Held(team.Members);
        Task shared = Task.Run(() => team.Run(held));
        held.AwaitAll(Patience);
        TeamBarrier.IsCrowdedBeside(team.Members).ShouldBeFalse("it crowds nobody but itself");
        using var other = new Held(1);
        Task beside = Task.Run(() => ThreadTeam.RunAlone(other));
        other.AwaitAll(Patience);
        TeamBarrier.IsCrowdedBeside(team.Members).ShouldBeTrue();
        other.Release();
        held.Release();
        await Task.WhenAll(shared, beside).WaitAsync(Patience);
    }

    [Fact]
    public void A_job_does_not_get_the_team_that_it_runs_on()
    {
        using var team = new ThreadTeam(2);
        var inside = new Asking(team);
        team.Run(inside);
        inside.Answers.ShouldBe([false, false]);
    }

    [Fact]
    public void A_job_that_fails_alone_leaves_no_trace()
    {
        Should.Throw<InvalidOperationException>(() => ThreadTeam.RunAlone(new Failing()));
        using var team = new ThreadTeam(Environment.ProcessorCount);
        team.TryRun(new Rendezvous(team.Members)).ShouldBeTrue();
        team.Dispose();
        if (team.Members > 1)
        {
            Should.Throw<ObjectDisposedException>(() => team.TryRun(new Failing()));
        }
    }

    private sealed class Rendezvous(int members) : ITeamJob
    {
        public System.Collections.Concurrent.ConcurrentBag<int> Members { get; } = [];

        public void Run(int member, TeamBarrier barrier)
        {
            Members.Add(member);
            if (members > 1)
            {
                barrier.Wait();
            }
        }
    }

    private sealed class Held(int members) : ITeamJob, IDisposable
    {
        private readonly CountdownEvent arrived = new(members);
        private readonly ManualResetEventSlim release = new();

        public void Run(int member, TeamBarrier barrier)
        {
            arrived.Signal();
            release.Wait();
        }

        public void AwaitAll(TimeSpan patience) => arrived.Wait(patience).ShouldBeTrue();

        public void Release() => release.Set();

        public void Dispose()
        {
            arrived.Dispose();
            release.Dispose();
        }
    }

    private sealed class Asking(ThreadTeam team) : ITeamJob
    {
        public bool[] Answers { get; } = [true, true];

        public void Run(int member, TeamBarrier barrier) => Answers[member] = team.TryRun(new Rendezvous(1));
    }

    private sealed class Failing : ITeamJob
    {
        public void Run(int member, TeamBarrier barrier) => throw new InvalidOperationException("This job fails.");
    }
}
