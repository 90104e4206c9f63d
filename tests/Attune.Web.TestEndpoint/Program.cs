using System.Globalization;
using System.Net;
using Attune.Cohort.Live;
using Attune.Cohort.Tests.Live;
using Attune.Web;

// A cohort with an endpoint: says its port, serves until a line comes, runs a job, puts the endpoint away and says how all went. Arguments: most
// connections, most of one address.
using var cohort = new RunningCohort(LiveSetups.Of(50), [new ScriptedNetwork(3)], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
var options = new EndpointOptions
{
    MaxConnections = int.Parse(args[0], CultureInfo.InvariantCulture),
    MaxOfAddress = int.Parse(args[1], CultureInfo.InvariantCulture),

    // However slow the machine is, no connection ends because its time is over.
    Patience = TimeSpan.FromMinutes(5),
};
using CohortEndpoint endpoint = CohortEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), cohort, new LivePlan(cohort), options);
Console.WriteLine(endpoint.Address.Port.ToString(CultureInfo.InvariantCulture));
Console.ReadLine();
JobReport job = await cohort.RequestAsync(0);
EndpointFigures figures = endpoint.Figures;
endpoint.Dispose();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{job.Status} {figures.Answered} {figures.Dropped} {figures.Refused} {figures.Failed}"));
