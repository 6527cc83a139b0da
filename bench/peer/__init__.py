"""What a good Django team would write in a few days: our three busiest paths with REST framework and hordak's books.

It is what `make bench` holds ours against, so it is lean where it may choose: nobody signs in, no request can be
repeated safely, nothing is announced, leased, sealed or mailed, and a deed has only the rule now in force. All else is
written as its makers' documentation says.
"""
