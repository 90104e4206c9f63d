namespace Attune.Devices.Tests.Threads;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Every_member_runs_and_meets_the_others_at_each_barrier(int members)
    {
        using var team = new ThreadTeam(members);
        var job = new CountingJob(members, rounds: 50);
        for (int i = 0; i < 20; i++)
        {
            team.Run(job);
        }

        job.Total.ShouldBe(members * 50 * 20);
        job.Disorder.ShouldBe(0);
    }

    [Fact]
    public void A_parked_team_wakes_up()
    {
        using var team = new ThreadTeam(2, TimeSpan.Zero);
        var job = new CountingJob(2, rounds: 1);
        for (int i = 0; i < 10; i++)
        {
            team.Run(job);
            Thread.Sleep(2);
        }

        job.Total.ShouldBe(20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_failing_member_frees_the_others_and_its_exception_is_reported(int culprit)
    {
        using var team = new ThreadTeam(2);
        Should.Throw<FormatException>(() => team.Run(new FailingJob(culprit)));
        var job = new CountingJob(2, rounds: 3);
        team.Run(job);
        job.Total.ShouldBe(6);
    }

    [Fact]
    public void Concurrent_callers_queue()
    {
        using var team = new ThreadTeam(2);
        var job = new CountingJob(2, rounds: 5);
        Parallel.For(0, 50, _ => team.Run(job));
        job.Total.ShouldBe(500);
        job.Disorder.ShouldBe(0);
    }

    private sealed class CountingJob(int members, int rounds) : ITeamJob
    {
        private int total;
        private int inRound;

        public int Total => total;

        public int Disorder { get; private set; }

        public void Run(int member, TeamBarrier barrier)
        {
            for (int round = 0; round < rounds; round++)
            {
                Interlocked.Increment(ref total);
                Interlocked.Increment(ref inRound);
                barrier.Wait();
                if (Volatile.Read(ref inRound) % members != 0)
                {
                    Disorder++;
                }

                barrier.Wait();
            }
        }
    }

    private sealed class FailingJob(int culprit) : ITeamJob
    {
        public void Run(int member, TeamBarrier barrier)
        {
            if (member == culprit)
            {
                throw new FormatException("on purpose");
            }

            barrier.Wait();
        }
    }
}
