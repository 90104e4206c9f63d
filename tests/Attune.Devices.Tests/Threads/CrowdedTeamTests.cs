using Attune.Devices.Cpu;
using Attune.Devices.Tests.Cpu;

namespace Attune.Devices.Tests.Threads;

public sealed class CrowdedTeamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_job_may_run_a_job_on_its_own_team(int caller)
    {
        using var team = new ThreadTeam(2);
        var inner = new Tally();
        await Within(() => team.Run(new Nested(team, inner, caller)));
        inner.Members.Order().ShouldBe([0, 1]);

        // The team itself still works.
        var after = new Tally();
        team.Run(after);
        after.Members.Order().ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_job_may_run_a_job_on_another_team()
    {
        using var outer = new ThreadTeam(2);
        using var other = new ThreadTeam(2);
        var inner = new Tally();
        await Within(() => outer.Run(new Nested(other, inner, 1)));
        inner.Members.Order().ShouldBe([0, 1]);
    }

    [Fact]
    public async Task More_members_than_processors_still_meet_at_every_barrier()
    {
        int members = (2 * Environment.ProcessorCount) + 1;
        using var team = new ThreadTeam(members);
        var job = new Meeting(rounds: 30);
        await Within(() => team.Run(job));
        job.Arrivals.ShouldBe(members * 30);
    }

    [Fact]
    public async Task Several_teams_work_at_once()
    {
        Meeting[] jobs = [.. Enumerable.Range(0, 4).Select(_ => new Meeting(rounds: 20))];
        await Task.WhenAll(jobs.Select(job => Within(() =>
        {
            using var team = new ThreadTeam(2);
            for (int i = 0; i < 10; i++)
            {
                team.Run(job);
            }
        })));
        jobs.ShouldAllBe(job => job.Arrivals == 2 * 20 * 10);
    }

    [Fact]
    public async Task A_failing_job_leaves_no_member_counted_or_inside()
    {
        using var team = new ThreadTeam(2);
        for (int i = 0; i < 5; i++)
        {
            Should.Throw<FormatException>(() => team.Run(new Failing()));
        }

        var job = new Tally();
        await Within(() => team.Run(job));
        job.Members.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(8, null, 8)]
    [InlineData(8, 4.0, 4)]
    [InlineData(8, 1.5, 1)]
    [InlineData(8, 0.3, 1)]
    [InlineData(2, 16.0, 2)]
    public void Usable_processors_are_those_of_the_mask_within_the_whole_ones_of_the_quota(int processors, double? quota, int usable) =>
        UsableProcessors.Of(processors, quota).ShouldBe(usable);

    [Fact]
    public void The_quota_is_read_from_both_versions_of_control_groups()
    {
        using FakeMachine second = new FakeMachine().With("/proc/self/cgroup", "0::/pod/app").With("/sys/fs/cgroup/pod/cpu.max", "150000 100000").With(
            "/sys/fs/cgroup/pod/app/cpu.max", "max 100000");
        ControlGroup.CpuQuota(second.Files).ShouldBe(1.5);
        using FakeMachine first = new FakeMachine().With("/proc/self/cgroup", "3:cpu,cpuacct:/app")
            .With("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "200000")
            .With("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", "100000");
        ControlGroup.CpuQuota(first.Files).ShouldBe(2);
    }

    private static async Task Within(Action action)
    {
        var work = Task.Run(action);
        (await Task.WhenAny(work, Task.Delay(Patience))).ShouldBe(work, "the team hangs");
        await work;
    }

    private sealed class Nested(ThreadTeam team, ITeamJob inner, int caller) : ITeamJob
    {
        public void Run(int member, TeamBarrier barrier)
        {
            if (member == caller)
            {
                team.Run(inner);
            }

            barrier.Wait();
        }
    }

    private sealed class Tally : ITeamJob
    {
        public List<int> Members { get; } = [];

        public void Run(int member, TeamBarrier barrier)
        {
            lock (Members)
            {
                Members.Add(member);
            }

            barrier.Wait();
        }
    }

    private sealed class Meeting(int rounds) : ITeamJob
    {
        private int arrivals;

        public int Arrivals => arrivals;

        public void Run(int member, TeamBarrier barrier)
        {
            for (int round = 0; round < rounds; round++)
            {
                Interlocked.Increment(ref arrivals);
                barrier.Wait();
            }
        }
    }

    private sealed class Failing : ITeamJob
    {
        public void Run(int member, TeamBarrier barrier)
        {
            if (member == 1)
            {
                throw new FormatException("on purpose");
            }

            barrier.Wait();
        }
    }
}
